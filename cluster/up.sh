#!/usr/bin/env bash
# Starts the cluster and waits until pods can run on it. BIN has its programs, IMAGES a store with the images, RUN its state.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/network.sh"
export BIN IMAGES RUN PATH="$BIN:$PATH" KUBECONFIG="$RUN/kubeconfig"

mkdir -p "$RUN"/{pki,etc,log,cni,lib}
"$here/certificates.sh"
# The images' files are shared with the store, since nobody changes them; the lists of what there is are copied.
cp --archive --link "$IMAGES" "$RUN/lib/containerd"
(cd "$IMAGES" && find . -name '*.db' -exec cp --archive --remove-destination --parents {} "$RUN/lib/containerd" \;)
render() { # TEMPLATE FOLDER
  sed -e "s|\$RUN|$RUN|g; s|\$NODE_IP|$NODE_IP|g; s|\$NODE_RANGE|$NODE_RANGE|g; s|\$POD_RANGE|$POD_RANGE|g; s|\$DNS_IP|$DNS_IP|g" \
    "$here/config/$1" > "$RUN/$2/$1"
}
for name in containerd.toml kubelet.yaml kube-proxy.yaml resolv.conf; do render $name etc; done
render pod-network.conflist cni

ip netns add $NAMESPACE
ip link add $HOST_LINK type veth peer name $NODE_LINK
ip link set $NODE_LINK netns $NAMESPACE
ip address replace $HOST_IP/24 dev $HOST_LINK
ip link set $HOST_LINK up
ip -n $NAMESPACE address replace $NODE_IP/24 dev $NODE_LINK
ip -n $NAMESPACE link set $NODE_LINK up
ip -n $NAMESPACE link set lo up
ip -n $NAMESPACE route replace default via $HOST_IP

# nsenter, since `ip netns exec` mounts /sys anew and so loses the cgroups
setsid nohup nsenter --net=/run/netns/$NAMESPACE unshare --mount --pid --fork --kill-child --mount-proc "$here/node.sh" \
  > "$RUN/log/node.log" 2>&1 < /dev/null &
echo $! > "$RUN/pid"

wait_for() { # SECONDS COMMAND
  local until=$(($(date +%s) + $1)); shift
  until "$@" > /dev/null 2>&1; do
    [ "$(date +%s)" -lt $until ] || { echo "The cluster did not come up: \`$*\` failed. Its logs are in $RUN/log." >&2; exit 1; }
    sleep .2
  done
}
wait_for 180 kubectl wait node/node1 --for=condition=Ready --timeout=1s
wait_for 60 kubectl get serviceaccount default # pods are refused before that
kubectl apply --filename "$here/dns.yaml" > /dev/null
kubectl --namespace kube-system rollout status deployment/coredns --timeout=120s > /dev/null
