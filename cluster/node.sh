#!/usr/bin/env bash
# The node: runs as process 1 of its own namespaces, and starts control plane and kubelet. Its end is theirs.
set -euo pipefail
. "$(dirname "$0")/network.sh"
export PATH="$BIN:$PATH" KUBECONFIG="$RUN/kubeconfig"

program() { # NAME ARGUMENTS; started again when it ends, as a node's system does
  while :; do "$@" >> "$RUN/log/$1.log" 2>&1 < /dev/null || sleep 1; done &
}

wait_for() { # COMMAND: up to a minute
  for _ in $(seq 300); do "$@" > /dev/null 2>&1 && return; sleep .2; done
  echo "gave up on: $*" >&2
  exit 1
}

ready() { curl --silent --fail --cacert "$RUN/pki/ca.crt" --cert "$RUN/pki/admin.crt" --key "$RUN/pki/admin.key" "https://$NODE_IP:6443/readyz"; }

mount --make-rprivate /
mount --make-rshared /
mkdir -p /run/netns
mount -t tmpfs none /run/netns
sysctl -qw net.ipv4.ip_forward=1

program etcd --data-dir="$RUN/lib/etcd" --unsafe-no-fsync --log-level=warn \
  --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 --listen-peer-urls=http://127.0.0.1:2380
program containerd -c "$RUN/etc/containerd.toml"
program kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=$NODE_IP --advertise-address=$NODE_IP --secure-port=6443 \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true --feature-gates=ImageVolume=true \
  --client-ca-file="$RUN/pki/ca.crt" --tls-cert-file="$RUN/pki/apiserver.crt" --tls-private-key-file="$RUN/pki/apiserver.key" \
  --kubelet-client-certificate="$RUN/pki/apiserver-kubelet.crt" --kubelet-client-key="$RUN/pki/apiserver-kubelet.key" \
  --kubelet-certificate-authority="$RUN/pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-cluster-ip-range=$SERVICE_RANGE \
  --service-account-key-file="$RUN/pki/service-accounts.pub" --service-account-signing-key-file="$RUN/pki/service-accounts.key" \
  --profiling=false --event-ttl=1h
wait_for test -S "$RUN/containerd.sock"
wait_for ready
program kube-controller-manager --kubeconfig="$RUN/etc/kube-controller-manager.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false \
  --authentication-kubeconfig="$RUN/etc/kube-controller-manager.kubeconfig" \
  --authorization-kubeconfig="$RUN/etc/kube-controller-manager.kubeconfig" --use-service-account-credentials=true \
  --service-account-private-key-file="$RUN/pki/service-accounts.key" --root-ca-file="$RUN/pki/ca.crt" \
  --cluster-signing-cert-file="$RUN/pki/ca.crt" --cluster-signing-key-file="$RUN/pki/ca.key" --cluster-cidr=$POD_RANGE --profiling=false
program kube-scheduler --kubeconfig="$RUN/etc/kube-scheduler.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false --profiling=false \
  --authentication-kubeconfig="$RUN/etc/kube-scheduler.kubeconfig" --authorization-kubeconfig="$RUN/etc/kube-scheduler.kubeconfig"
program kubelet --config="$RUN/etc/kubelet.yaml" --kubeconfig="$RUN/etc/kubelet.kubeconfig" --hostname-override=node1 --node-ip=$NODE_IP \
  --root-dir="$RUN/lib/kubelet" --cert-dir="$RUN/lib/kubelet-pki"
program kube-proxy --config="$RUN/etc/kube-proxy.yaml"
trap 'exit 0' TERM
while :; do wait -n || true; sleep 1; done
