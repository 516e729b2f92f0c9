import { join } from "node:path";
import { ClusterStack, NODE } from "../test/cluster/clusterStack";
import { Store } from "../test/cluster/store";
import { train, untilPredicts } from "../test/models";
import { interleaved, type Row, row } from "./measure";
import { reference } from "./reference";

const KEYS = ({ endpoint, accessKeyId, secretAccessKey }: Store) => ({ endpoint, accessKeyId, secretAccessKey });

const ours = (store: Store) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "s3://models/iris/model.pkl", storage: ${JSON.stringify(KEYS(store))},
  namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", drainSeconds: 1,
});
exports.externalUrl = model.externalUrl;`;

/** The time from `pulumi up` to the first right prediction, over that of a manifest without probes and Pulumi's own wait. */
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
