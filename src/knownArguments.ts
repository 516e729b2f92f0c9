import type { EnvVar, ModelServeArgs, SmokeTestArgs } from "./args";
import type {
  AutoscalingArgs,
  DisruptionBudgetArgs,
  NetworkPolicyArgs,
  ProfileArgs,
  ProxyArgs,
  ReadinessArgs,
  StorageArgs,
  VolumeArgs,
} from "./clusterArgs";

/** What checks ask of an argument, whatever its value. */
interface KnownArgument {
  /** The target that alone can honour it. */
  only?: "cluster" | "localExecution";
  /** Its form, where its parts are looked into. */
  form?: "list" | "group" | "groups";
  /** The parts that its group, or each group of its list, can have. */
  parts?: string[];
}

/** Names of all parts of a type. */
function partsOf<T>(parts: Record<keyof T, true>): string[] {
  return Object.keys(parts);
}

const VOLUME_PARTS = partsOf<VolumeArgs>({
  ...{ name: true, mountPath: true, subPath: true, readOnly: true },
  ...{ persistentVolumeClaim: true, emptyDir: true, configMap: true, secret: true, ephemeral: true, image: true },
});

export const PROFILE_PARTS = partsOf<ProfileArgs>({
  ...{ resources: true, nodeSelector: true, affinity: true, tolerations: true, volumes: true },
  ...{ priorityClassName: true, runtimeClassName: true, replicas: true, serviceType: true },
});

/** Every argument of a ModelServe. */
export const ARGUMENTS: Record<keyof ModelServeArgs, KnownArgument> = {
  kind: {},
  path: {},
  modelName: {},
  modelVersion: {},
  implementation: {},
  huggingface: {}, // which has checks of its own
  image: { only: "cluster" },
  project: {},
  uuid: {},
  description: {},
  labels: { form: "group" },
  embedded: {},
  nodeSelector: { only: "cluster", form: "group" },
  volumes: { only: "cluster", form: "groups", parts: VOLUME_PARTS },
  resources: { only: "cluster", form: "group" },
  affinity: { only: "cluster", form: "group" },
  tolerations: { only: "cluster", form: "list" },
  envs: { form: "groups", parts: partsOf<EnvVar>({ name: true, value: true, valueFrom: true }) },
  secrets: { only: "cluster", form: "list" },
  secretEnvs: { only: "cluster", form: "group" },
  profile: { only: "cluster" },
  profiles: { only: "cluster", form: "group" },
  replicas: { only: "cluster" },
  serviceType: { only: "cluster" },
  namespace: { only: "cluster" },
  serviceName: { only: "cluster" },
  serviceAccountName: { only: "cluster" },
  nodeHost: { only: "cluster" },
  imageRegistry: { only: "cluster" },
  imagePullSecrets: { only: "cluster", form: "list" },
  assignIds: { only: "cluster" },
  podSecurityContext: { only: "cluster", form: "group" },
  securityContext: { only: "cluster", form: "group" },
  priorityClassName: { only: "cluster" },
  runtimeClassName: { only: "cluster" },
  podAnnotations: { only: "cluster", form: "group" },
  podLabels: { only: "cluster", form: "group" },
  topologySpreadConstraints: { only: "cluster", form: "list" },
  rollout: { only: "cluster" },
  autoscaling: {
    only: "cluster",
    form: "group",
    parts: partsOf<AutoscalingArgs>({
      ...{ minReplicas: true, maxReplicas: true },
      ...{ targetCPUUtilizationPercentage: true, scaleDownStabilizationSeconds: true },
    }),
  },
  disruptionBudget: {
    only: "cluster",
    form: "group",
    parts: partsOf<DisruptionBudgetArgs>({ minAvailable: true, maxUnavailable: true }),
  },
  networkPolicy: {
    only: "cluster",
    form: "group",
    parts: partsOf<NetworkPolicyArgs>({ callers: true, metricsReaders: true, egress: true }),
  },
  storage: {
    only: "cluster",
    form: "group",
    parts: partsOf<StorageArgs>({
      ...{ endpoint: true, region: true, pathStyle: true, caCertificate: true, secretName: true, anonymous: true },
      ...{ accessKeyId: true, secretAccessKey: true, sessionToken: true, sessionExpires: true },
    }),
  },
  modelSize: { only: "cluster" },
  fetchImage: { only: "cluster" },
  fetchResources: { only: "cluster", form: "group" },
  proxy: {
    only: "cluster",
    form: "group",
    parts: partsOf<ProxyArgs>({ httpProxy: true, httpsProxy: true, noProxy: true }),
  },
  readiness: {
    only: "cluster",
    form: "group",
    parts: partsOf<ReadinessArgs>({ enabled: true, kubeconfig: true, context: true }),
  },
  onFailure: { only: "cluster" },
  localExecution: {},
  port: { only: "localExecution" },
  stopped: {},
  sha256: {},
  allowVersionSkew: {},
  requirements: { only: "localExecution" }, // whose rule does not show it
  installRequirements: { only: "cluster" },
  packageIndex: {},
  serverSettings: { form: "group" },
  timeoutSeconds: {},
  requestTimeoutSeconds: {},
  smokeTest: { form: "group", parts: partsOf<SmokeTestArgs>({ request: true, expected: true, tolerance: true }) },
  drainSeconds: {},
};
