import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { invoke, type Kind } from "../../src";
import { SCALED, trainKind } from "../kinds";
import { predictions, request } from "../models";
import { Stack } from "./stack";

const program = (args: object) => `
const model = new ModelServe("iris", { ...${JSON.stringify(args)}, localExecution: true, timeoutSeconds: 300 });
exports.url = model.url;`;

describe("models of other libraries on this machine, by the real engine", function () {
  this.timeout(900_000); // environments may have to be built
  let stack: Stack;
  afterEach(() => stack.remove());

  const MODELS: [kind: Kind, file: string, library: RegExp][] = [
    ["xgboostserve", "model.json", /"xgboost==2\.1\.2"/],
    ["xgboostserve", "iris.ubj", /"xgboost==2\.1\.2"/],
    ["lightgbmserve", "model.txt", /"lightgbm==4\.6\.0"/],
    ["catboostserve", "model.cbm", /"catboost==1\.2\.7"/],
  ];
  for (const [kind, file, library] of MODELS) {
    it(`${kind}: ${file} predicts what its library predicts`, async () => {
      stack = await new Stack(program({ kind, path: "model" })).init();
      mkdirSync(join(stack.folder, "model"));
      const expected = await trainKind(kind, join(stack.folder, "model", file));
      assert.match(await stack.ok("preview", "--diff"), library);
      await stack.up();
      assert.deepEqual(await predictions((await stack.outputs()).url, expected), expected.predictions);
      await stack.up("--expect-no-changes");
    });
  }

  it("customserve: a class in the model's folder answers, with the packages that the folder asks for", async () => {
    stack = await new Stack(program({ kind: "customserve", path: "model", implementation: "scaled.Scaled" })).init();
    mkdirSync(join(stack.folder, "model"));
    const write = (name: string, text: string) => writeFileSync(join(stack.folder, "model", name), text);
    write("factor.txt", "2");
    write("scaled.py", `import toolz\n${SCALED}`);
    write("requirements.txt", "toolz==0.12.0  # used by scaled.py\n");
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
