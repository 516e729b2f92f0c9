import { NODE } from "../test/cluster/clusterStack";
import type { Store } from "../test/cluster/store";

/** What a program changes in the manifest. */
interface Changes {
  /** Place of the model in the store. */
  path?: string;
  image?: string;
  /** Environment variables of the server, beside those that name its model. */
  variables?: Record<string, string>;
  /** Pods; left out where an autoscaler decides. */
  replicas?: number;
  autoscaling?: boolean;
}

/** A program that serves a model as the reference runtime does: fetched by an init container, by MLServer's own settings, with no probes and Kubernetes' own rollout. */
export function reference(
  { endpoint, accessKeyId, secretAccessKey }: Store,
  { path = "models/iris/model.pkl", image = "seldonio/mlserver:1.7.1-sklearn", ...changes }: Changes = {},
): string {
  const { variables = {}, replicas, autoscaling = false } = changes;
  const store = {
    TYPE: "s3",
    PROVIDER: "Other",
    ENDPOINT: endpoint,
    ACCESS_KEY_ID: accessKeyId,
    SECRET_ACCESS_KEY: secretAccessKey,
  };
  return `
const k8s = require("@pulumi/kubernetes");
const namespace = process.env.TEST_NAMESPACE;
const labels = { app: "iris" };
const volumeMounts = [{ name: "shared", mountPath: "/shared" }];
const env = (values, prefix = "") => Object.entries(values).map(([name, value]) => ({ name: prefix + name, value }));
// The namespace enforces Pod Security.
const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const deployment = new k8s.apps.v1.Deployment("iris", {
  metadata: { namespace, annotations: { "pulumi.com/patchForce": "true" } },
  spec: {
    replicas: ${autoscaling ? undefined : replicas},
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsUser: 1000, fsGroup: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        volumes: [{ name: "shared", emptyDir: {} }],
        initContainers: [{
          name: "init", image: "rclone/rclone:1.76.0", args: ["copyto", "store:${path}", "/shared/model.pkl"],
          volumeMounts, securityContext, env: env(${JSON.stringify(store)}, "RCLONE_CONFIG_STORE_"),
        }],
        containers: [{
          name: "server", image: "${image}", args: ["mlserver", "start", "/shared"],
          volumeMounts, securityContext, workingDir: "/tmp", resources: { requests: { cpu: "50m", memory: "100Mi" } },
          env: env({
            HOME: "/tmp", MLSERVER_MODEL_NAME: "iris", MLSERVER_MODEL_URI: "/shared/model.pkl",
            MLSERVER_MODEL_IMPLEMENTATION: "mlserver_sklearn.SKLearnModel", ...${JSON.stringify(variables)},
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
}
