#!/usr/bin/env bash
# Ends the cluster and removes all that it made on this machine: processes, mounts, interfaces, cgroups and its state in RUN.
set -uo pipefail
. "$(dirname "$0")/network.sh"

pid=$(cat "$RUN/pid" 2> /dev/null)
# The pid is that of `unshare`, whose end kills process 1 of the node, and so the kernel all that runs there.
[ -n "$pid" ] && grep -q unshare "/proc/$pid/cmdline" 2> /dev/null && kill -KILL "$pid"
for _ in $(seq 100); do [ -z "$(ip netns pids $NAMESPACE 2> /dev/null)" ] && break; sleep .1; done
ip netns delete $NAMESPACE 2> /dev/null
ip link delete $HOST_LINK 2> /dev/null
awk -v prefix="$RUN/" 'index($2, prefix) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
for _ in $(seq 20); do
  groups=$(find /sys/fs/cgroup -maxdepth 2 -name kubepods -type d 2> /dev/null)
  [ -n "$groups" ] || break
  find $groups -depth -type d -exec rmdir {} \; 2> /dev/null
  sleep .2
done
rm -rf "$RUN"
