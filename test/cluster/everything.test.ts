import assert from "node:assert/strict";
import { join } from "node:path";
import { train } from "../models";
import { apply, ClusterStack, kubectl } from "./clusterStack";

const PROGRAM = `
const config = new pulumi.Config("modelserve");
const model = new ModelServe("iris", {
  kind: "sklearnserve",
  path: "./model.pkl",
  namespace: process.env.TEST_NAMESPACE,
  modelName: "flowers",
  modelVersion: "7",
  description: "Classifies flowers.",
  labels: { team: "botany" },
  replicas: 1,
  serviceType: "ClusterIP",
  serviceName: "flowers",
  serviceAccountName: "models",
  nodeSelector: { "kubernetes.io/os": "linux" },
  tolerations: [{ key: "models", operator: "Exists" }],
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [
    { weight: 1, podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { team: "botany" } } } },
  ] } },
  image: "docker.io/seldonio/mlserver:1.7.1-sklearn",
  imagePullSecrets: ["registry"],
  runtimeClassName: process.env.TEST_NAMESPACE,
  resources: { requests: { cpu: "1500m" }, limits: { memory: "900Mi", "nvidia.com/gpu": "1" } },
  envs: [
    { name: "GREETING", value: "hello" },
    { name: "MLSERVER_MODEL_MAX_BATCH_SIZE", value: "8" },
    { name: "OMP_NUM_THREADS", value: "3" },
    { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "DELICATE", value: pulumi.secret("delicate-value") },
  ],
  secrets: ["existing"],
  secretEnvs: { TOKEN: "token-value" },
  volumes: [
    { name: "scrap", mountPath: "/scrap", emptyDir: {} },
    { name: "words", mountPath: "/words/greeting", subPath: "greeting", readOnly: true, configMap: { name: "words" } },
    { name: "keys", mountPath: "/keys", secret: { secretName: "existing" } },
    { name: "disk", mountPath: "/disk", persistentVolumeClaim: { claimName: "disk" } },
    { name: "cheap", mountPath: "/cheap", ephemeral: { volumeClaimTemplate: { spec: {
      accessModes: ["ReadWriteOnce"], storageClassName: "", volumeName: process.env.TEST_NAMESPACE + "-cheap",
      resources: { requests: { storage: "1Mi" } } } } } },
    { name: "pause", mountPath: "/pause-image", image: { reference: "registry.k8s.io/pause:3.10", pullPolicy: "IfNotPresent" } },
  ],
  profile: "batch",
  profiles: { batch: { priorityClassName: "system-cluster-critical", resources: { requests: { memory: "300Mi", cpu: "9" } } } },
  podAnnotations: { "example.org/contact": "botanists" },
  podLabels: { tier: "gold" },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { team: "botany" } } }],
  disruptionBudget: { maxUnavailable: "50%" },
  networkPolicy: { callers: [{ podSelector: { matchLabels: { caller: "yes" } } }], egress: [{ ports: [5432] }] },
  proxy: { httpProxy: "http://proxy:3128", httpsProxy: "http://proxy:3128", noProxy: "localhost,127.0.0.1" },
  serverSettings: { parallel_workers: 1 },
  timeoutSeconds: 100, requestTimeoutSeconds: 20, drainSeconds: 2,
  podSecurityContext: { supplementalGroups: [2000] },
});
exports.name = model.deployment.metadata.name;`;

describe("every task parameter, on the running pod", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let pod: any;
  let server: any;

  before(async () => {
    stack = await new ClusterStack(PROGRAM).init();
    const { namespace } = stack;
    await train("iris", join(stack.folder, "model.pkl"));
    const create = (...args: string[]) => kubectl("--namespace", namespace, "create", ...args);
    await create("serviceaccount", "models");
    await create("secret", "generic", "existing", "--from-literal=EXISTING=there");
    await create("configmap", "words", "--from-literal=greeting=good day");
    await create("secret", "docker-registry", "registry", "--docker-username=user", "--docker-password=password");
    await apply({ apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name: namespace }, handler: "runc" });
    await advertiseGpu("add");
    await stack.volume("disk", `${namespace}-disk`);
    await stack.volume(undefined, `${namespace}-cheap`);
    await stack.up();
    [pod] = await stack.pods();
    server = pod.spec.containers[0];
  });
  after(async () => {
    await stack.remove();
    await kubectl("delete", "runtimeclass", stack.namespace);
    await advertiseGpu("remove");
  });

  const exec = (...command: string[]) =>
    kubectl("--namespace", stack.namespace, "exec", pod.metadata.name, "--container", "server", "--", ...command);
  const variable = async (name: string) =>
    (await exec("python", "-c", `import os; print(os.environ.get("${name}"))`)).trim();

  it("has the replicas, the rollout and the annotations that are asked for", async () => {
    const deployment = await stack.only("deployments");
    assert.equal(deployment.status.readyReplicas, 1);
    assert.deepEqual(deployment.spec.strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
    assert.equal(deployment.metadata.annotations["modelserve/description"], "Classifies flowers.");
  });

  it("places the pod by nodeSelector, tolerations, affinity, spread, priority and runtime", () => {
    assert.deepEqual([pod.spec.runtimeClassName, pod.spec.imagePullSecrets], [stack.namespace, [{ name: "registry" }]]);
    const { nodeSelector, tolerations, affinity, topologySpreadConstraints, priorityClassName } = pod.spec;
    assert.deepEqual(nodeSelector, { "kubernetes.io/os": "linux" }); // and not ours, with an image of the user's
    assert.ok(tolerations.some(({ key }: any) => key === "models"));
    assert.equal(affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.length, 1);
    assert.equal(topologySpreadConstraints[0].whenUnsatisfiable, "ScheduleAnyway");
    assert.equal(priorityClassName, "system-cluster-critical"); // the profile's
  });

  it("gives the server its resources: the user's, then the profile's, then the defaults", () => {
    assert.deepEqual(server.resources, {
      requests: { cpu: "1500m", memory: "300Mi", "nvidia.com/gpu": "1", "ephemeral-storage": "3Gi" }, // Kubernetes adds the GPU
      limits: { memory: "900Mi", "nvidia.com/gpu": "1", "ephemeral-storage": "3328Mi" },
    });
  });

  it("hands the environment to the server: envs, secrets, secretEnvs, and threads unless the user set them", async () => {
    const expected = {
      GREETING: "hello",
      POD: pod.metadata.name,
      DELICATE: "delicate-value",
      TOKEN: "token-value",
      EXISTING: "there",
      OMP_NUM_THREADS: "3",
      MKL_NUM_THREADS: "2",
      HTTPS_PROXY: "http://proxy:3128",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(await variable(name), value, name);
  });

  it("lets MLServer read from envs what its settings files leave open", async () => {
    const script = `from mlserver.settings import ModelSettings as M; print(M.parse_file("/mnt/settings/model-settings.json").max_batch_size)`;
    assert.equal((await exec("python", "-c", script)).trim(), "8");
  });

  it("keeps secret values out of the pod and, in clear, out of the state", async () => {
    const state = await stack.ok("stack", "export");
    for (const value of ["delicate-value", "token-value"]) {
      assert.ok(!JSON.stringify(pod).includes(value), value);
      assert.ok(!state.includes(value), value);
    }
  });

  it("mounts every kind of volume", async () => {
    await exec("sh", "-c", "echo x > /scrap/x && echo x > /disk/x && echo x > /cheap/x");
    assert.equal(await exec("cat", "/words/greeting"), "good day");
    assert.equal(await exec("cat", "/keys/EXISTING"), "there");
    assert.match(await exec("ls", "/pause-image"), /pause/);
    await assert.rejects(exec("sh", "-c", "echo x > /words/greeting"));
  });

  it("passes the restricted standard, in every container, with a read-only root file system and no token", async () => {
    for (const container of [...pod.spec.initContainers, server]) {
      assert.equal(container.securityContext.readOnlyRootFilesystem, true);
      assert.deepEqual(container.securityContext.capabilities, { drop: ["ALL"] });
    }
    assert.deepEqual([pod.spec.securityContext.runAsUser, pod.spec.securityContext.supplementalGroups], [1000, [2000]]);
    assert.equal(pod.spec.automountServiceAccountToken, false);
    assert.equal(pod.spec.serviceAccountName, "models");
    assert.equal((await exec("id", "-u")).trim(), "1000");
    await assert.rejects(exec("touch", "/opt/mlserver/x"));
    await assert.rejects(exec("touch", "/mnt/models/x"));
  });

  it("labels and annotates the pod", () => {
    const { labels, annotations } = pod.metadata;
    assert.deepEqual([labels.team, labels.tier, labels["app.kubernetes.io/version"]], ["botany", "gold", "7"]);
    assert.match(labels["app.kubernetes.io/instance"], /^iris-[0-9a-f]{8}$/);
    assert.equal(annotations["example.org/contact"], "botanists");
  });

  it("has a Service of the given name and type, one for metrics, a budget and a policy", async () => {
    const services = await stack.objects("services");
    const main = services.find(({ metadata }) => metadata.name === "flowers");
    assert.equal(main.spec.type, "ClusterIP");
    assert.deepEqual(
      main.spec.ports.map(({ name, appProtocol }: any) => [name, appProtocol]),
      [
        ["http", "http"],
        ["grpc", "kubernetes.io/h2c"],
      ],
    );
    assert.equal(services.length, 2);
    const budget = await stack.only("poddisruptionbudgets");
    assert.deepEqual([budget.spec.maxUnavailable, budget.spec.unhealthyPodEvictionPolicy], ["50%", "AlwaysAllow"]);
    const policy = await stack.only("networkpolicies");
    assert.deepEqual(policy.spec.egress.at(-1), { ports: [{ port: 5432, protocol: "TCP" }] });
  });

  it("answers under its model name, with a worker process, and metrics at their own Service", async () => {
    const script =
      "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8080/v2/models/flowers').read().decode())";
    assert.equal(JSON.parse(await exec("python", "-c", script)).versions?.[0] ?? "7", "7");
    assert.deepEqual(server.lifecycle.preStop.exec.command.slice(-2), ["--part", "2"]);
    assert.equal(pod.spec.terminationGracePeriodSeconds, 32);
  });

  it("gives no diff when nothing changed", () => stack.up("--expect-no-changes"));
});

/** Lets the node say that it has a GPU, or no longer, as a device plug-in would. */
async function advertiseGpu(op: "add" | "remove"): Promise<void> {
  const node = (await kubectl("get", "nodes", "--output", "jsonpath={.items[0].metadata.name}")).trim();
  const change = { op, path: "/status/capacity/nvidia.com~1gpu", ...(op === "add" ? { value: "1" } : {}) };
  await kubectl("patch", "node", node, "--subresource=status", "--type=json", "--patch", JSON.stringify([change]));
}
