import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { predictions, train } from "../models";
import { Stack } from "./stack";

const PROGRAM = `
const { serveDigitalHub } = require("modelserve");
const definitions = require("fs").readFileSync("functions-iris.yaml", "utf8");
exports.url = serveDigitalHub(definitions, { args: { timeoutSeconds: 120 } }).iris.url;`;

const DEFINITIONS = `
- { kind: sklearnserve, name: iris, project: botany, id: one, spec: { path: ./model.pkl } }
- { kind: sklearnserve+serve, spec: { function: "sklearnserve://botany/iris:one", replicas: 2 } }
- { kind: sklearnserve+run, spec: { function: "sklearnserve://botany/iris:one", local_execution: true } }
- { kind: python, name: train, spec: {} }
`;

describe("definitions of the DigitalHub platform in a program, by the real engine", function () {
  this.timeout(300_000);
  let stack: Stack;
  after(() => stack.remove());

  it("are served at once, and the preview tells what is not one to one", async () => {
    stack = await new Stack(PROGRAM).init();
    const expected = await train("iris", join(stack.folder, "model.pkl"));
    writeFileSync(join(stack.folder, "functions-iris.yaml"), DEFINITIONS);
    const preview = await stack.ok("preview");
    assert.match(preview, /task\.spec\.replicas: left out: Only a cluster honours it/);
    assert.match(preview, /function\.spec\.model_name: converted: It is "model"/);
    assert.match(preview, /train is not served: Kind "python" serves no model here/);
    await stack.up();
    assert.deepEqual(await predictions((await stack.outputs()).url, expected, "model"), expected.predictions);
    await stack.up("--expect-no-changes");
  });
});
