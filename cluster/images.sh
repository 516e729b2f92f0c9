#!/usr/bin/env bash
# Imports images into a store that a containerd can start from: images.sh STORE ARCHIVE... BIN has containerd.
# Runs in a mount namespace of its own, whose end takes along what containerd mounts.
set -euo pipefail
[ "${1:-}" = --inner ] || exec unshare --mount --propagation private "$0" --inner "$@"
store=$2; shift 2
export PATH="$BIN:$PATH"
run=$(mktemp -d); trap 'kill $containerd 2> /dev/null; wait; rm -rf "$run"' EXIT
containerd --root "$store" --state "$run/state" --address "$run/sock" --config /dev/null > "$run/log" 2>&1 & containerd=$!
for _ in $(seq 300); do [ -S "$run/sock" ] && break; sleep .1; done
for archive in "$@"; do
  ctr --address "$run/sock" --namespace k8s.io images import --snapshotter overlayfs "$archive" || { tail "$run/log"; exit 1; }
done
