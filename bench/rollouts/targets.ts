import { ClusterStack, NODE } from "../../test/cluster/clusterStack";
import type { Store } from "../../test/cluster/store";

/** What a row changes in a model that serves. */
export interface Variant {
  /** Folder of the model in the store. */
  model: "a" | "b";
  gzip: boolean;
  /** Two names of the same image. */
  image: "seldonio/mlserver:1.7.1-sklearn" | "docker.io/seldonio/mlserver:1.7.1-sklearn";
  replicas: number;
  autoscaling: boolean;
}

export const FIRST: Variant = {
  model: "a",
  gzip: false,
  image: "seldonio/mlserver:1.7.1-sklearn",
  replicas: 2,
  autoscaling: false,
};

type Program = (store: Store, variant: Variant) => string;

const keys = ({ endpoint, accessKeyId, secretAccessKey }: Store) => ({ endpoint, accessKeyId, secretAccessKey });

const ours =
  (workers: number): Program =>
  (store, { model, gzip, image, replicas, autoscaling }) =>
    `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "s3://models/${model}/model.pkl", storage: ${JSON.stringify(keys(store))}, image: "${image}",
  namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", resources: { requests: { cpu: "50m", memory: "100Mi" } },
  serverSettings: { parallel_workers: ${workers}, gzip_enabled: ${gzip} },
  ${autoscaling ? "autoscaling: { minReplicas: 2, maxReplicas: 4 }" : `replicas: ${replicas}`},
});
exports.externalUrl = model.externalUrl;`;

/** As the reference runtime asks for it: MLServer's own settings, Kubernetes' own rollout, and no probes. */
const reference: Program = (store, { model, gzip, image, replicas, autoscaling }) => `
const k8s = require("@pulumi/kubernetes");
const namespace = process.env.TEST_NAMESPACE;
const labels = { app: "iris" };
const volumeMounts = [{ name: "shared", mountPath: "/shared" }];
const env = (values) => Object.entries(values).map(([name, value]) => ({ name, value }));
// The namespace enforces Pod Security.
const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const deployment = new k8s.apps.v1.Deployment("iris", {
  metadata: { namespace, annotations: { "pulumi.com/patchForce": "true" } },
  spec: {
    ${autoscaling ? "" : `replicas: ${replicas},`}
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsUser: 1000, fsGroup: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        volumes: [{ name: "shared", emptyDir: {} }],
        initContainers: [{
          name: "init", image: "rclone/rclone:1.76.0", args: ["copyto", "store:models/${model}/model.pkl", "/shared/model.pkl"],
          volumeMounts, securityContext,
          env: env({
            RCLONE_CONFIG_STORE_TYPE: "s3", RCLONE_CONFIG_STORE_PROVIDER: "Other", RCLONE_CONFIG_STORE_ENDPOINT: "${store.endpoint}",
            RCLONE_CONFIG_STORE_ACCESS_KEY_ID: "${store.accessKeyId}",
            RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: "${store.secretAccessKey}",
          }),
        }],
        containers: [{
          name: "server", image: "${image}", args: ["mlserver", "start", "/shared"],
          volumeMounts, securityContext, workingDir: "/tmp", resources: { requests: { cpu: "50m", memory: "100Mi" } },
          env: env({
            HOME: "/tmp", MLSERVER_MODEL_NAME: "iris", MLSERVER_MODEL_URI: "/shared/model.pkl",
            MLSERVER_MODEL_IMPLEMENTATION: "mlserver_sklearn.SKLearnModel", MLSERVER_GZIP_ENABLED: "${gzip}",
          }),
        }],
      },
    },
  },
}, { ignoreChanges: ${autoscaling ? '["spec.replicas"]' : "[]"} });
const service = new k8s.core.v1.Service("iris", {
  metadata: { namespace }, spec: { type: "NodePort", selector: labels, ports: [{ name: "http", port: 8080 }] },
});
if (${autoscaling}) new k8s.autoscaling.v2.HorizontalPodAutoscaler("iris", {
  metadata: { namespace },
  spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name } },
});
exports.externalUrl = service.spec.ports[0].nodePort.apply((port) => "http://${NODE}:" + port);`;

export const TARGETS: Record<string, Program> = {
  "ModelServe, no worker": ours(0),
  "ModelServe, 1 worker": ours(1),
  "the reference's manifest": reference,
};

/** A model that serves on the cluster, two pods at first, and is changed while it does. */
export class Target {
  variant = FIRST;
  readonly stack = new ClusterStack("");

  constructor(
    private readonly program: Program,
    private readonly store: Store,
  ) {}

  async init(): Promise<this> {
    await this.stack.init();
    return this;
  }

  /** Runs `pulumi up` with what is changed. */
  async change(change: Partial<Variant>): Promise<void> {
    this.variant = { ...this.variant, ...change };
    this.stack.write(this.program(this.store, this.variant));
    await this.stack.up();
  }
}
