import assert from "node:assert/strict";
import { join } from "node:path";
import type { ExpectedOutputArgs } from "../../src";
import { isRunning } from "../../src/local/process";
import { lineOf, tried } from "../faults";
import { type Expected, predictions, request, train } from "../models";
import { Stack } from "./stack";

describe("the sample request of a model on this machine", function () {
  this.timeout(300_000);
  let stack: Stack;
  let iris: Expected;

  before(async () => {
    stack = await new Stack("").init();
    iris = await train("iris", join(stack.folder, "model.pkl"));
  });
  after(() => stack.remove());

  const write = (expected: ExpectedOutputArgs[], rows = iris.rows) =>
    stack.write(`
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true, timeoutSeconds: 120,
  smokeTest: ${JSON.stringify({ request: request(rows), expected })} });
exports.url = model.url;`);
  const right = () => [{ name: "predict", data: iris.predictions }];
  const wrong = () => [{ name: "predict", data: [...iris.predictions.slice(0, -1), 9] }];
  const last = () => iris.predictions.length - 1;

  it("fails the first update when it is answered wrong, and leaves nothing that runs", async () => {
    write(wrong());
    const said = await stack.fails("up", "--yes", "--skip-preview");
    const got = iris.predictions.at(-1);
    assert.match(
      said,
      new RegExp(`answered wrong: predict\\[${last()}\\]\\[0\\]: expected 9, got ${got} \\(\`smokeTest\``),
    );
    assert.equal(await stack.server(), undefined);
    assert.deepEqual(stack.processes(), []);
    tried({
      fault: "the first model answers its sample request wrong",
      happens: "the update fails, and leaves nothing that runs",
      reads: lineOf(said, /The sample request/),
    });
  });

  it("is answered right before an update ends, and no diff after it", async () => {
    write(right());
    await stack.up();
    await stack.up("--expect-no-changes");
  });

  it("is asked again when it alone changes, by the server that runs", async () => {
    const { process: started } = await stack.server();
    write(wrong());
    assert.match(await stack.fails("up", "--yes", "--skip-preview"), /answered wrong: predict/);
    write(
      right(),
      iris.rows.map((row) => row.slice(1)),
    );
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /it was answered by 500: Internal Server Error: ValueError: X has 3 features, but/);
    write([...right(), { name: "predict", shape: [iris.rows.length, 1], datatype: "INT64" }]);
    assert.match(await stack.ok("preview", "--diff"), /sample[\s\S]*datatype: "INT64"/);
    await stack.up();
    assert.deepEqual((await stack.server()).process, started);
  });

  it("keeps a model that answers wrong from taking the place of the one that serves", async () => {
    const { process: started } = await stack.server();
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /answered wrong: predict\[0\]\[0\]: expected 0, got 2; .*and \d+ more differences/);
    assert.ok(isRunning(started));
    const { url } = await stack.outputs();
    assert.deepEqual(await predictions(url, iris), iris.predictions);
    tried({
      fault: "a changed model answers its sample request wrong",
      happens: "the update fails; the old server goes on serving",
      reads: lineOf(said, /The sample request/),
    });
  });

  it("lets the right one in", async () => {
    await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    await stack.up("--expect-no-changes");
  });
});
