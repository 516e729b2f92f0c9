import type { Objects } from "../../src/readiness/objects";
import { at, ended, pod, replicaSet, unscheduled, waits, warning } from "./objects";

/** What a cluster has of a model that does not serve. */
export type Recorded = Partial<Objects>;

/** No pod can be made, in the words of the API server. */
function refused(why: string): Recorded {
  const message = why.startsWith("Internal error") || why.startsWith("admission webhook") ? why : forbidden(why);
  const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
  return { replicaSets: [replicaSet(1), replicaSet(2, { replicas: 0, conditions: [failure] })] };
}

function forbidden(why: string): string {
  return `pods "iris-5c8d9f7b6d-" is forbidden: ${why}`;
}

/** A container is in a state, and those before it are done. */
export function inContainer(...args: Parameters<typeof at>): Recorded {
  return { pods: [pod(at(...args))] };
}

function noNode(message: string): Recorded {
  return { pods: [pod(unscheduled(message))] };
}

function failed(reason: string, message: string): Recorded {
  return { pods: [pod({ phase: "Failed", reason, message })] };
}

const notMounted = (reason: string, message: string): Recorded => ({
  ...inContainer("fetch-model", waits("PodInitializing")),
  events: [warning(reason, message)],
});

/** How pods are not made, find no node, or fail as a whole; and how volumes are not mounted. */
export const PODS: Record<string, Recorded[]> = {
  "pod-security": [
    refused(
      'violates PodSecurity "restricted:latest": runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
    ),
    refused(
      'unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{1000}: 1000 is not an allowed group]',
    ),
  ],
  quota: [
    refused("exceeded quota: limits, requested: pods=1, used: pods=0, limited: pods=0"),
    refused(
      "exceeded quota: compute, requested: limits.memory=1Gi,requests.cpu=250m, used: limits.memory=2Gi,requests.cpu=500m, limited: limits.memory=2Gi,requests.cpu=500m",
    ),
  ],
  "limit-range": [
    refused("maximum memory usage per Container is 10Gi, but limit is 20Gi"),
    refused("maximum cpu usage per Container is 1.  No limit is specified"),
    refused("minimum cpu usage per Pod is 500m, but request is 250m"),
    refused(
      "[maximum memory usage per Container is 10Gi, but limit is 20Gi, maximum cpu usage per Container is 1.  No limit is specified]",
    ),
    refused("memory max limit to request ratio per Container is 1, but provided ratio is 2.000000"),
    refused("failed quota: compute: must specify limits.cpu for: fetch-model,prepare-model,server"),
  ],
  "service-account-missing": [
    refused('error looking up service account models/nobody: serviceaccount "nobody" not found'),
  ],
  "admission-denied": [
    refused(
      'admission webhook "validation.gatekeeper.sh" denied the request: [allowed-repos] container <server> has an invalid image repo <docker.io/seldonio/mlserver:1.7.1>, allowed repos are ["registry.example.org"]',
    ),
    refused("ValidatingAdmissionPolicy 'images' with binding 'images' denied request: such pods are refused"),
  ],
  "webhook-down": [
    refused(
      'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s": no endpoints available for service "kyverno-svc"',
    ),
    refused(
      'Internal error occurred: failed calling webhook "inject.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": context deadline exceeded',
    ),
  ],
  "pod-refused": [
    refused("no PriorityClass with name urgent was found"),
    refused('pod rejected: RuntimeClass "gvisor" not found'),
  ],

  "volume-pending": [
    noNode('0/1 nodes are available: persistentvolumeclaim "models" not found. not found'),
    noNode(
      "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ),
    noNode('0/1 nodes are available: persistentvolumeclaim "models" is being deleted.'),
    noNode("0/3 nodes are available: 3 node(s) had volume node affinity conflict."),
    noNode("0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity."),
    noNode("0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind."),
    noNode("0/3 nodes are available: 3 node(s) did not have enough free storage."),
    noNode("0/3 nodes are available: 3 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)."),
    noNode("0/3 nodes are available: 3 node(s) had no available volume zone."),
    noNode("0/3 nodes are available: 3 node(s) exceed max volume count."),
  ],
  unschedulable: [
    noNode(
      "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    ),
    noNode(
      "0/3 nodes are available: 1 node(s) had untolerated taint {nvidia.com/gpu: present}, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ),
    noNode("no nodes available to schedule pods"),
  ],
  evicted: [
    failed("Evicted", 'Usage of EmptyDir volume "model" exceeds the limit "1Mi". '),
    failed("Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 1344Mi. "),
    failed("Evicted", 'Container server exceeded its local ephemeral storage limit "1344Mi". '),
    failed(
      "Evicted",
      "The node was low on resource: memory. Threshold quantity: 100Mi, available: 51404Ki. Container server was using 921Mi, request is 512Mi, has larger consumption of memory. ",
    ),
  ],
  "pod-failed": [
    failed(
      "OutOfnvidia.com/gpu",
      "Pod was rejected: Node didn't have enough resource: nvidia.com/gpu, requested: 1, used: 1, capacity: 1",
    ),
    failed("Terminated", "Pod was terminated in response to imminent node shutdown."),
  ],

  mount: [
    notMounted("FailedMount", 'MountVolume.SetUp failed for volume "x" : secret "no-such" not found'),
    notMounted(
      "FailedMount",
      'MountVolume.SetUp failed for volume "x" : references non-existent config key: no-such-key',
    ),
    notMounted(
      "FailedAttachVolume",
      'Multi-Attach error for volume "pvc-3c6b1d4e-8d0f-4f25-a0a1-7f3b9c2e5d10" Volume is already exclusively attached to one node and can\'t be attached to another',
    ),
  ],
  sandbox: [
    notMounted(
      "FailedCreatePodSandBox",
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "3c6b1d4e": plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
    ),
    notMounted(
      "FailedCreatePodSandBox",
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "nvidia" is configured',
    ),
  ],
};

const [LOG, WAIT] = ["Error", "CreateContainerConfigError"] as const;

/** How containers do not start. */
export const STARTS: Record<string, Recorded[]> = {
  "secret-missing": [
    inContainer("server", waits(WAIT, 'secret "no-such-secret" not found')),
    inContainer("fetch-model", waits(WAIT, "couldn't find key AWS_ACCESS_KEY_ID in Secret models/keys")),
    inContainer("server", waits(WAIT, "failed to sync secret cache: timed out waiting for the condition")),
  ],
  "configmap-missing": [
    inContainer("server", waits(WAIT, 'configmap "no-such-map" not found')),
    inContainer("server", waits(WAIT, "couldn't find key a in ConfigMap models/secret-settings")),
  ],
  "runs-as-root": [
    inContainer(
      "server",
      waits(
        WAIT,
        'container has runAsNonRoot and image will run as root (pod: "secret-6d5f_configmap-demo(0b5e1f5c-6c9d-4b8e-9d57-2f0c1d6a7e11)", container: server)',
      ),
    ),
    inContainer(
      "server",
      waits(
        WAIT,
        'container has runAsNonRoot and image has non-numeric user (default), cannot verify user is non-root (pod: "iris-2-a_models(0b5e1f5c-6c9d-4b8e-9d57-2f0c1d6a7e11)", container: server)',
      ),
    ),
  ],
  "program-missing": [
    inContainer("prepare-model", ended(128, "StartError", runc('exec: "python": executable file not found in $PATH'))),
    inContainer("server", waits("RunContainerError", runc('exec: "mlserver": executable file not found in $PATH'))),
    inContainer("server", ended(128, "StartError", runc('exec: "/x": stat /x: no such file or directory: unknown'))),
    inContainer("fetch-model", ended(128, "StartError", runc('exec: "sh": permission denied: unknown'))),
    // CRI-O, with crun
    inContainer(
      "server",
      waits(
        "CreateContainerError",
        "container create failed: executable file `mlserver` not found in $PATH: No such file or directory\n",
      ),
    ),
  ],
  "container-refused": [
    inContainer(
      "server",
      waits("CreateContainerError", 'failed to reserve container name "server_iris-2-a_models_0": name is reserved'),
    ),
    inContainer("server", waits(WAIT, 'failed to prepare subPath for volumeMount "x" of container "server"')),
    inContainer(
      "server",
      ended(
        128,
        "StartError",
        runc(
          "error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\nnvidia-container-cli: initialization error: nvml error: driver/library version mismatch: unknown",
        ),
      ),
    ),
  ],
  "wrong-architecture": [
    inContainer("server", ended(255, LOG, "exec /usr/local/bin/mlserver: exec format error\n")),
    inContainer("fetch-model", ended(1, LOG, "exec /bin/sh: exec format error\n")),
  ],
  "out-of-memory": [
    inContainer("server", ended(137, "OOMKilled")),
    inContainer("fetch-model", ended(137, "OOMKilled", "asking for the size of s3://models/iris\n")),
    inContainer("server", ended(1, "OOMKilled", "worker ended\n")), // a child of the server was killed
    inContainer("prepare-model", ended(137, LOG)),
    inContainer(
      "server",
      ended(128, "StartError", runc("container init was OOM-killed (memory limit too low?): unknown")),
    ),
  ],
};

function runc(why: string): string {
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}`;
}
