import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../../src";
import { SCALED, trainKind } from "../kinds";
import { type Expected, untilPredicts } from "../models";
import { ClusterStack, NODE } from "./clusterStack";

const FILES: Partial<Record<Kind, string>> = {
  xgboostserve: "model.ubj",
  lightgbmserve: "model.txt",
  catboostserve: "model.cbm",
};

const PROGRAM = `
const common = { namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", timeoutSeconds: 300, drainSeconds: 1 };
const resources = { requests: { cpu: "50m", memory: "100Mi" } };
for (const kind of ${JSON.stringify(Object.keys(FILES))})
  exports[kind] = new ModelServe(kind, { kind, path: "./" + kind, modelName: "iris", resources, ...common }).externalUrl;
exports.customserve = new ModelServe("customserve", {
  kind: "customserve", path: "./customserve", implementation: "scaled.Scaled", modelName: "iris", resources, ...common,
}).externalUrl;`;

describe("models of other libraries on a cluster", function () {
  this.timeout(900_000);
  let stack: ClusterStack;
  const expected: Record<string, Expected> = { customserve: { rows: [[1, 2.5]], predictions: [2, 5] } };

  before(async () => {
    stack = await new ClusterStack(PROGRAM).init();
    for (const [kind, file] of Object.entries(FILES)) {
      mkdirSync(join(stack.folder, kind));
      expected[kind] = await trainKind(kind as Kind, join(stack.folder, kind, file));
    }
    mkdirSync(join(stack.folder, "customserve"));
    writeFileSync(join(stack.folder, "customserve", "scaled.py"), SCALED);
    writeFileSync(join(stack.folder, "customserve", "factor.txt"), "2");
  });
  after(() => stack.remove());

  it("predict what their libraries predict, in the images of their kinds, and then give no diff", async () => {
    await stack.up();
    const urls = await stack.outputs();
    for (const [kind, known] of Object.entries(expected)) await untilPredicts(urls[kind], known);
    const images = (await stack.pods()).map(({ spec }) =>
      spec.containers[0].image.replace("seldonio/mlserver:1.7.1", ""),
    );
    assert.deepEqual(images.sort(), ["", "-catboost", "-lightgbm", "-xgboost"]);
    await stack.up("--expect-no-changes");
  });
});
