import assert from "node:assert/strict";
import { join } from "node:path";
import { lineOf, tried } from "../faults";
import { type Expected, request, train } from "../models";
import { Stack } from "./stack";

const program = (call: string) => `
const model = new ModelServe("digits", { kind: "sklearnserve", path: "model.joblib", localExecution: true });
exports.response = model.invoke(${call});`;

describe("a call of a model in a program, by the real engine", function () {
  this.timeout(300_000);
  let stack: Stack;
  let expected: Expected;

  before(async () => {
    stack = await new Stack("").init();
    expected = await train("digits", join(stack.folder, "model.joblib"));
    stack.write(program(JSON.stringify({ json: request(expected.rows) })));
  });
  after(() => stack.remove());

  /** How often the server was asked, by its metrics. */
  async function calls(): Promise<number> {
    const { ports } = await stack.server();
    const text = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
    return Number(/^model_infer_request_success_total\{.*\} (\S+)$/m.exec(text)?.[1] ?? 0);
  }

  it("has an unknown answer in the preview of its creation", async () => {
    assert.match(await stack.ok("preview", "--diff"), /response\s*: \[unknown\]/);
  });

  it("answers what a model saved by joblib predicts in Python", async () => {
    await stack.up();
    const { response } = await stack.outputs();
    assert.deepEqual(response.outputs[0].data, expected.predictions);
    assert.equal(await calls(), 1);
  });

  it("is not made again by an unchanged up", async () => {
    await stack.up("--expect-no-changes");
    assert.equal(await calls(), 1);
  });

  it("is made again when the request changes", async () => {
    stack.write(program(JSON.stringify({ json: request(expected.rows.slice(0, 2)) })));
    assert.match(await stack.ok("preview", "--diff"), /\[urn=.*Invocation::digits-invoke\]/);
    await stack.up();
    assert.deepEqual((await stack.outputs()).response.outputs[0].data, expected.predictions.slice(0, 2));
    assert.equal(await calls(), 2);
  });

  it("is made again when the model changes", async () => {
    await train("digits-reversed", join(stack.folder, "model.joblib"));
    await stack.up();
    const reversed = expected.predictions.slice(0, 2).map((number) => 9 - number);
    assert.deepEqual((await stack.outputs()).response.outputs[0].data, reversed);
    assert.equal(await calls(), 1); // the server is another one
  });

  it("fails before anything is sent when its shape and data do not agree", async () => {
    const json = { inputs: [{ name: "x", shape: [2, 64], datatype: "FP64", data: [1, 2, 3] }] };
    stack.write(program(JSON.stringify({ json })));
    assert.match(
      await stack.fails("preview"),
      /json: inputs\[0\].data: it has 3 elements, but the shape \[2, 64\] has room for 128/,
    );
    assert.equal(await calls(), 1);
  });

  it("fails with the server's own words when the server refuses it", async () => {
    stack.write(program(JSON.stringify({ json: request([[1, 2, 3]]) })));
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /ValueError: X has 3 features, but RandomForestClassifier is expecting 64 features/);
    tried({
      fault: `the model fails at a call of the program`,
      happens: `the update fails with the exception out of the server's log`,
      reads: lineOf(said, /ValueError/),
    });
  });
});
