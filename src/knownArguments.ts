import type { EnvVar, ExpectedOutputArgs, ModelServeArgs, SmokeTestArgs } from "./args";
import type {
  AutoscalingArgs,
  DisruptionBudgetArgs,
  EgressArgs,
  NetworkPolicyArgs,
  ProfileArgs,
  ProxyArgs,
  ReadinessArgs,
  StorageArgs,
  VolumeArgs,
} from "./clusterArgs";

/** What checks ask of an argument, whatever its value. */
export interface KnownArgument {
  /** The target that alone can honour it. */
  only?: "cluster" | "localExecution";
  /** Its form, where its parts are looked into. */
  form?: "list" | "group" | "groups";
  /** Whether list or group cannot be known only later as a whole, since checks look into it. */
  plain?: true;
  /** The parts that its group, or each group of its list, can have. Default: any. */
  parts?: Record<string, KnownArgument>;
}

/** All parts of a type. */
type PartsOf<T> = Record<keyof T, KnownArgument>;

const VOLUME: PartsOf<VolumeArgs> = {
  ...{ name: {}, mountPath: {}, subPath: {}, readOnly: {} },
  persistentVolumeClaim: { form: "group" },
  emptyDir: { form: "group" },
  configMap: { form: "group" },
  secret: { form: "group" },
  ephemeral: { form: "group" },
  image: { form: "group" },
};
const ENV_VAR: PartsOf<EnvVar> = { name: {}, value: {}, valueFrom: { form: "group" } };
const AUTOSCALING: PartsOf<AutoscalingArgs> = {
  ...{ minReplicas: {}, maxReplicas: {}, targetCPUUtilizationPercentage: {}, scaleDownStabilizationSeconds: {} },
};
const DISRUPTION_BUDGET: PartsOf<DisruptionBudgetArgs> = { minAvailable: {}, maxUnavailable: {} };
const EGRESS: PartsOf<EgressArgs> = { to: { form: "list" }, ports: { form: "list" } };
const NETWORK_POLICY: PartsOf<NetworkPolicyArgs> = {
  callers: { form: "list" },
  metricsReaders: { form: "list" },
  egress: { form: "groups", parts: EGRESS },
};
const STORAGE: PartsOf<StorageArgs> = {
  ...{ endpoint: {}, region: {}, pathStyle: {}, caCertificate: {}, secretName: {}, anonymous: {} },
  ...{ accessKeyId: {}, secretAccessKey: {}, sessionToken: {}, sessionExpires: {} },
};
const PROXY: PartsOf<ProxyArgs> = { httpProxy: {}, httpsProxy: {}, noProxy: {} };
const READINESS: PartsOf<ReadinessArgs> = { enabled: {}, kubeconfig: {}, context: {} };
const EXPECTED: PartsOf<ExpectedOutputArgs> = { name: {}, data: {}, shape: {}, datatype: {} };
const SMOKE_TEST: PartsOf<SmokeTestArgs> = {
  request: {}, // which has checks of its own
  expected: { form: "groups", parts: EXPECTED },
  tolerance: {},
};

/** Every argument of a ModelServe. */
export const ARGUMENTS: PartsOf<ModelServeArgs> = {
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
  volumes: { only: "cluster", form: "groups", parts: VOLUME },
  resources: { only: "cluster", form: "group" },
  affinity: { only: "cluster", form: "group" },
  tolerations: { only: "cluster", form: "list" },
  envs: { form: "groups", parts: ENV_VAR, plain: true },
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
  autoscaling: { only: "cluster", form: "group", parts: AUTOSCALING },
  disruptionBudget: { only: "cluster", form: "group", parts: DISRUPTION_BUDGET },
  networkPolicy: { only: "cluster", form: "group", parts: NETWORK_POLICY },
  storage: { only: "cluster", form: "group", parts: STORAGE },
  modelSize: { only: "cluster" },
  fetchImage: { only: "cluster" },
  fetchResources: { only: "cluster", form: "group" },
  proxy: { only: "cluster", form: "group", parts: PROXY },
  readiness: { only: "cluster", form: "group", parts: READINESS },
  onFailure: { only: "cluster" },
  localExecution: {},
  port: { only: "localExecution" },
  stopped: {},
  sha256: {},
  allowVersionSkew: {},
  requirements: { only: "localExecution" }, // whose rule does not show it
  installRequirements: { only: "cluster" },
  packageIndex: {},
  serverSettings: { form: "group", plain: true },
  timeoutSeconds: {},
  requestTimeoutSeconds: {},
  smokeTest: { form: "group", parts: SMOKE_TEST },
  drainSeconds: {},
};

/** What a profile can fill in. */
const { resources, nodeSelector, affinity, tolerations, volumes } = ARGUMENTS;
export const PROFILE: PartsOf<ProfileArgs> = {
  ...{ resources, nodeSelector, affinity, tolerations, volumes },
  ...{ priorityClassName: {}, runtimeClassName: {}, replicas: {}, serviceType: {} },
};
