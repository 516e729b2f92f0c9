import { join } from "node:path";
import { ClusterStack, NODE } from "../test/cluster/clusterStack";
import { Store } from "../test/cluster/store";
import { train, untilPredicts } from "../test/models";
import { interleaved, type Row, row } from "./measure";

const KEYS = ({ endpoint, accessKeyId, secretAccessKey }: Store) => ({ endpoint, accessKeyId, secretAccessKey });

const ours = (store: Store) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "s3://models/iris/model.pkl", storage: ${JSON.stringify(KEYS(store))},
  namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", drainSeconds: 1,
});
exports.externalUrl = model.externalUrl;`;

/** As the reference runtime asks for it: the model fetched by an init container, MLServer's own settings, and no probes. */
const reference = (store: Store) => `
const k8s = require("@pulumi/kubernetes");
const namespace = process.env.TEST_NAMESPACE;
const labels = { app: "iris" };
const volumeMounts = [{ name: "shared", mountPath: "/shared" }];
const env = (values) => Object.entries(values).map(([name, value]) => ({ name, value }));
// The namespace enforces Pod Security.
const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
new k8s.apps.v1.Deployment("iris", {
  metadata: { namespace },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsUser: 1000, fsGroup: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        volumes: [{ name: "shared", emptyDir: {} }],
        initContainers: [{
          name: "init", image: "rclone/rclone:1.76.0", args: ["copyto", "store:models/iris/model.pkl", "/shared/model.pkl"],
          volumeMounts, securityContext,
          env: env({
            RCLONE_CONFIG_STORE_TYPE: "s3", RCLONE_CONFIG_STORE_PROVIDER: "Other", RCLONE_CONFIG_STORE_ENDPOINT: "${store.endpoint}",
            RCLONE_CONFIG_STORE_ACCESS_KEY_ID: "${store.accessKeyId}",
            RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: "${store.secretAccessKey}",
          }),
        }],
        containers: [{
          name: "server", image: "seldonio/mlserver:1.7.1-sklearn", args: ["mlserver", "start", "/shared"],
          volumeMounts, securityContext, workingDir: "/tmp",
          env: env({
            HOME: "/tmp", MLSERVER_MODEL_NAME: "iris", MLSERVER_MODEL_URI: "/shared/model.pkl",
            MLSERVER_MODEL_IMPLEMENTATION: "mlserver_sklearn.SKLearnModel",
          }),
        }],
      },
    },
  },
});
const service = new k8s.core.v1.Service("iris", {
  metadata: { namespace }, spec: { type: "NodePort", selector: labels, ports: [{ name: "http", port: 8080 }] },
});
exports.externalUrl = service.spec.ports[0].nodePort.apply((port) => "http://${NODE}:" + port);`;

/** The time from \`pulumi up\` to the first right prediction, over that of a manifest without probes and Pulumi's own wait. */
export async function clusterPrediction(repeats: number): Promise<Row[]> {
  const store = await new Store().start();
  const stacks = [await new ClusterStack(ours(store)).init(), await new ClusterStack(reference(store)).init()];
  const [first] = stacks as [ClusterStack];
  try {
    const model = join(first.folder, "model.pkl");
    const expected = await train("iris", model);
    store.put(model, "models", "iris/model.pkl");
    const candidates = stacks.map((stack) => ({
      run: async () => {
        const shown = await stack.up();
        await untilPredicts(/externalUrl\s*: "(.*)"/.exec(shown)?.[1] ?? shown, expected);
      },
      after: () => stack.ok("destroy", "--yes", "--skip-preview"),
    }));
    const [mine = [], theirs = []] = await interleaved(repeats, candidates);
    const what = "`pulumi up` on a cluster to first prediction";
    return [row(what, "the reference's manifest, Pulumi's own wait", mine, theirs, "aim 0.90")];
  } finally {
    for (const stack of stacks) await stack.remove();
    await store.stop();
  }
}
