#!/usr/bin/env bash
# Makes the cluster's certificates and kubeconfigs, once: RUN/pki, RUN/etc/*.kubeconfig and RUN/kubeconfig, the user's.
set -euo pipefail
. "$(dirname "$0")/network.sh"
cd "$RUN/pki"
[ ! -e done ] || exit 0

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

authority() {
  key ca
  openssl req -x509 -new -key ca.key -days 3650 -subj /CN=modelserve-cluster -out ca.crt \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

certificate() { # NAME SUBJECT [ALTERNATIVE NAMES]
  key "$1"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
  printf 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n%s\n' \
    "${3:+subjectAltName=$3}" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile "$1.ext" -out "$1.crt" 2> /dev/null
}

kubeconfig() { # CERTIFICATE FILE
  cat > "$2" << YAML
apiVersion: v1
kind: Config
clusters:
  - name: modelserve
    cluster: { server: "https://$NODE_IP:6443", certificate-authority-data: $(base64 -w0 ca.crt) }
users:
  - name: $1
    user: { client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key") }
contexts:
  - name: modelserve
    context: { cluster: modelserve, user: $1 }
current-context: modelserve
YAML
  chmod 600 "$2"
}

authority
certificate apiserver /CN=kube-apiserver \
  "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$NODE_IP,IP:$API_IP"
certificate kubelet-server /O=system:nodes/CN=system:node:node1 "DNS:node1,IP:$NODE_IP,IP:127.0.0.1"
certificate apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client
certificate admin /O=system:masters/CN=admin
certificate kube-controller-manager /CN=system:kube-controller-manager
certificate kube-scheduler /CN=system:kube-scheduler
certificate kubelet /O=system:nodes/CN=system:node:node1
certificate kube-proxy /CN=system:kube-proxy
openssl genrsa -out service-accounts.key 2048 2> /dev/null
openssl rsa -in service-accounts.key -pubout -out service-accounts.pub 2> /dev/null
for user in kube-controller-manager kube-scheduler kubelet kube-proxy; do kubeconfig $user "$RUN/etc/$user.kubeconfig"; done
kubeconfig admin "$RUN/kubeconfig"
touch done
