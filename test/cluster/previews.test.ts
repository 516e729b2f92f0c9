import assert from "node:assert/strict";
import { join } from "node:path";
import { Hub } from "../hub";
import { writeModel } from "../huggingface";
import { train } from "../models";
import { ClusterStack, HOST } from "./clusterStack";
import { EDITS_OF_FILE, EDITS_OF_HUB, EDITS_OF_STORE, type Edit, edited } from "./edits";
import { aFewAtATime, changes, preview } from "./preview";
import { Store } from "./store";

const program = (
  args: string,
) => `let args = { kind: "sklearnserve", serviceType: "ClusterIP", namespace: process.env.TEST_NAMESPACE, ${args} };
new ModelServe("iris", args);`;

describe("a preview", function () {
  this.timeout(900_000);
  const store = new Store();
  let hub: Hub;
  const results = new Map<Edit, string[] | Error>();

  before(async () => {
    await store.start();
    hub = await new Hub({ host: HOST }).start();
    const { endpoint, accessKeyId, secretAccessKey } = store;
    const storage = JSON.stringify({ endpoint, accessKeyId, secretAccessKey });
    const ofFile = await new ClusterStack(
      program(`path: "./model.pkl", replicas: 1, secretEnvs: { TOKEN: "one" }, profile: "small",
        profiles: { small: { resources: { requests: { cpu: "200m" } } }, large: { resources: { requests: { cpu: "4" } } } }`),
    ).init();
    const ofStore = await new ClusterStack(program(`path: "s3://models/iris/model.pkl", storage: ${storage}`)).init();
    const ofHub = await new ClusterStack(
      program(`kind: "huggingfaceserve", path: "hf://acme/words@" + process.env.TEST_COMMIT, modelName: "words",
        huggingface: { task: "fill_mask", endpoint: "${hub.endpoint}", token: "${hub.token}" }`),
    ).init();
    try {
      await writeModel("fill_mask", join(ofHub.folder, "words"));
      ofHub.env.TEST_COMMIT = hub.commit("acme/words", join(ofHub.folder, "words"));
      await train("iris", join(ofFile.folder, "model.pkl"));
      store.put(join(ofFile.folder, "model.pkl"), "models", "iris/model.pkl");
      await Promise.all([ofFile.up(), ofStore.up(), ofHub.up()]);
      for (const [stack, edits] of [
        [ofFile, EDITS_OF_FILE],
        [ofStore, EDITS_OF_STORE],
        [ofHub, EDITS_OF_HUB],
      ] as const) {
        const found = await aFewAtATime(edits, async ([, edit]) =>
          changes(await preview(stack, (folder) => edited(folder, edit))),
        );
        for (const [index, edit] of edits.entries()) results.set(edit, found[index] as string[] | Error);
      }
    } finally {
      await Promise.all([ofFile.remove(), ofStore.remove(), ofHub.remove()]);
      await Promise.all([store.stop(), hub.stop()]);
    }
  });

  for (const [of, edits] of Object.entries({ file: EDITS_OF_FILE, store: EDITS_OF_STORE, hub: EDITS_OF_HUB }))
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
