import assert from "node:assert/strict";
import { join } from "node:path";
import { train } from "../models";
import { ClusterStack } from "./clusterStack";
import { EDITS_OF_FILE, EDITS_OF_STORE, type Edit, edited } from "./edits";
import { aFewAtATime, changes, preview } from "./preview";
import { Store } from "./store";

const program = (
  args: string,
) => `let args = { kind: "sklearnserve", serviceType: "ClusterIP", namespace: process.env.TEST_NAMESPACE, ${args} };
new ModelServe("iris", args);`;

describe("a preview", function () {
  this.timeout(900_000);
  const store = new Store();
  const results = new Map<Edit, string[] | Error>();

  before(async () => {
    await store.start();
    const { endpoint, accessKeyId, secretAccessKey } = store;
    const storage = JSON.stringify({ endpoint, accessKeyId, secretAccessKey });
    const ofFile = await new ClusterStack(
      program(`path: "./model.pkl", replicas: 1, secretEnvs: { TOKEN: "one" }, profile: "small",
        profiles: { small: { resources: { requests: { cpu: "200m" } } }, large: { resources: { requests: { cpu: "4" } } } }`),
    ).init();
    const ofStore = await new ClusterStack(program(`path: "s3://models/iris/model.pkl", storage: ${storage}`)).init();
    try {
      await train("iris", join(ofFile.folder, "model.pkl"));
      store.put(join(ofFile.folder, "model.pkl"), "models", "iris/model.pkl");
      await Promise.all([ofFile.up(), ofStore.up()]);
      for (const [stack, edits] of [
        [ofFile, EDITS_OF_FILE],
        [ofStore, EDITS_OF_STORE],
      ] as const) {
        const found = await aFewAtATime(edits, async ([, edit]) =>
          changes(await preview(stack, (folder) => edited(folder, edit))),
        );
        for (const [index, edit] of edits.entries()) results.set(edit, found[index] as string[] | Error);
      }
    } finally {
      await Promise.all([ofFile.remove(), ofStore.remove()]);
      await store.stop();
    }
  });

  for (const [of, edits] of Object.entries({ file: EDITS_OF_FILE, store: EDITS_OF_STORE }))
    for (const edit of edits)
      it(`of ${edit[0]} (${of}) shows what changes, and nothing else`, () => {
        const found = results.get(edit);
        if (found instanceof Error) throw found;
        const waits = (found ?? []).some((line) => / Readiness iris-readiness/.test(line));
        const isReason = /^replace Deployment|^update Deployment.*spec\.(template|replicas)/;
        assert.equal(
          waits,
          edit[2].some((line) => isReason.test(line) || line === "update Deployment iris"),
        );
        const shown = found?.filter((line) => !/ (ModelServe iris|Readiness iris-readiness)(:|$)/.test(line));
        const withoutPaths = (line: string) => line.split(": ")[0] ?? line;
        assert.deepEqual(
          shown?.map((line) => (edit[2].includes(withoutPaths(line)) ? withoutPaths(line) : line)),
          edit[2],
        );
      });
});
