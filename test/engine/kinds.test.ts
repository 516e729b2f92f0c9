import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { invoke, type Kind } from "../../src";
import { SCALED, trainKind } from "../kinds";
import { type Expected, predictions, request } from "../models";
import { Stack } from "./stack";

/** Names of resources, with the model's kind, its file, and what a preview shows of its library. */
const MODELS: Record<string, [kind: Kind, file: string, library: RegExp]> = {
  json: ["xgboostserve", "model.json", /"xgboost==2\.1\.2"/],
  ubjson: ["xgboostserve", "iris.ubj", /"xgboost==2\.1\.2"/],
  lightgbm: ["lightgbmserve", "model.txt", /"lightgbm==4\.6\.0"/],
  catboost: ["catboostserve", "model.cbm", /"catboost==1\.2\.7"/],
};

describe("models of other libraries on this machine, by the real engine", function () {
  this.timeout(900_000); // environments may have to be built
  let stack: Stack;
  afterEach(() => stack.remove());

  it("predict what their libraries predict, in environments with those, and then give no diff", async () => {
    const kinds = Object.fromEntries(Object.entries(MODELS).map(([name, [kind]]) => [name, kind]));
    stack = await new Stack(`
for (const [name, kind] of Object.entries(${JSON.stringify(kinds)}))
  exports[name] = new ModelServe(name, { kind, path: name, modelName: "iris", localExecution: true }).url;`).init();
    const expected: Record<string, Expected> = {};
    for (const [name, [kind, file]] of Object.entries(MODELS)) {
      mkdirSync(join(stack.folder, name));
      expected[name] = await trainKind(kind, join(stack.folder, name, file));
    }
    const preview = await stack.ok("preview", "--diff");
    for (const [, , library] of Object.values(MODELS)) assert.match(preview, library);
    await stack.up();
    const urls = await stack.outputs();
    for (const [name, known] of Object.entries(expected))
      assert.deepEqual(await predictions(urls[name], known), known.predictions, name);
    await stack.up("--expect-no-changes");
  });

  it("customserve: a class in the model's folder answers, with the packages that the folder asks for", async () => {
    stack = await new Stack(`
exports.url = new ModelServe("iris", {
  kind: "customserve", path: "model", implementation: "scaled.Scaled", localExecution: true,
}).url;`).init();
    mkdirSync(join(stack.folder, "model"));
    const write = (name: string, text: string) => writeFileSync(join(stack.folder, "model", name), text);
    write("scaled.py", `import toolz\n${SCALED}`);
    write("requirements.txt", "toolz==0.12.0  # used by scaled.py\n");
    write("factor.txt", "2");
    await stack.up();
    const { url } = await stack.outputs();
    const ask = async () => (await invoke(url, request([[1, 2.5]]), { modelName: "iris" })).outputs[0]?.data;
    assert.deepEqual(await ask(), [2, 5]);
    write("factor.txt", "3");
    await stack.up();
    assert.deepEqual(await ask(), [3, 7.5]);
    await stack.up("--expect-no-changes");
  });
});
