# The addresses of the cluster. The node has a network namespace of its own, reached over a pair of virtual interfaces.
NAMESPACE=modelserve
HOST_LINK=modelserve-host NODE_LINK=modelserve-node
HOST_IP=10.89.0.1 NODE_IP=10.89.0.2 NODE_RANGE=10.89.0.0/24
POD_RANGE=10.244.0.0/24
SERVICE_RANGE=10.96.0.0/16 API_IP=10.96.0.1 DNS_IP=10.96.0.10
