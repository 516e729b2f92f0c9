import assert from "node:assert/strict";
import { join } from "node:path";
import { type Expected, predictions, request, train, untilPredicts } from "../models";
import { ClusterStack, NODE } from "./clusterStack";

describe("the sample request of a model on a cluster", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let iris: Expected;
  let externalUrl: string;

  before(async () => {
    stack = await new ClusterStack("").init();
    iris = await train("iris", join(stack.folder, "model.pkl"));
    stack.write(program());
  });
  after(() => stack.remove());

  const program = (more = "") => `
const smokeTest = ${JSON.stringify({ request: request(iris.rows), expected: [{ name: "predict", data: iris.predictions }] })};
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", drainSeconds: 1,
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, smokeTest, ${more}
});
exports.externalUrl = model.externalUrl;`;

  it("is answered right before an update ends, and no diff after it", async () => {
    await stack.up();
    ({ externalUrl } = await stack.outputs());
    await untilPredicts(externalUrl, iris);
    await stack.up("--expect-no-changes");
  });

  it("keeps a model that answers wrong from ever being called: the update fails with the difference", async () => {
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    const update = stack.fails("up", "--yes", "--skip-preview");
    let over = false;
    const end = () => {
      over = true;
    };
    update.then(end, end);
    let calls = 0;
    for (; !over; calls++) assert.deepEqual(await predictions(externalUrl, iris), iris.predictions);
    const said = await update;
    assert.ok(calls > 50, `${calls} calls`);
    assert.match(said, /answered wrong: predict\[0\]\[0\]: expected 0, got 2; .*and \d+ more differences/);
    assert.match(said, /\(wrong-answer, server of pod iris-\S+: Completed, exit code 0, 2 times\)/);
    assert.match(said, /Next: Correct the model, or `smokeTest\.expected`\./);
  });

  it("lets the right one in, and shows in a preview that it changes", async () => {
    await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    await stack.up("--expect-no-changes");
    stack.write(program().replace("smokeTest, ", "smokeTest: { ...smokeTest, tolerance: 0 }, "));
    assert.match(await stack.ok("preview", "--diff"), /ConfigMap::iris-smoke-test\][\s\S]*tolerance: 0\.001 => 0\n/);
    await stack.up();
    assert.deepEqual(await predictions(externalUrl, iris), iris.predictions);
  });

  it("is asked by a server with a worker process, too", async () => {
    stack.write(program("serverSettings: { parallel_workers: 1 }"));
    await stack.up();
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    assert.match(await stack.fails("up", "--yes", "--skip-preview"), /answered wrong: predict/);
    assert.deepEqual(await predictions(externalUrl, iris), iris.predictions);
  });
});
