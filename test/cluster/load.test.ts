import assert from "node:assert/strict";
import { join } from "node:path";
import { tried } from "../faults";
import { type Connections, Load, reasons } from "../load";
import { type Expected, request, train, untilPredicts } from "../models";
import { until } from "../until";
import { ClusterStack, NODE } from "./clusterStack";
import { evictOne, untilSettled } from "./disruptions";

const PROGRAM = `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", replicas: 2,
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, drainSeconds: 5,
});
exports.externalUrl = model.externalUrl;`;

/** Requests a second, of each way to connect. */
const RATE = 50;

describe("under load, two pods of a model", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let expected: Expected;
  let url: string;
  let loads: Load[] = [];

  before(async () => {
    stack = await new ClusterStack(PROGRAM).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    const { externalUrl } = await stack.outputs();
    await untilPredicts(externalUrl, expected);
    url = `${externalUrl}/v2/models/iris/infer`;
  });
  after(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await stack.remove();
  });

  it("lose no request while the model is updated and a pod is evicted, by new connections or kept ones", async () => {
    const body = JSON.stringify(request(expected.rows.slice(0, 1)));
    const ways: Connections[] = ["new", "kept"];
    loads = ways.map((connections) => new Load(url, body, connections, RATE));
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    await stack.up();
    await untilSettled(stack);
    await evictOne(stack);
    await until(() => loads.every(({ answered }) => answered >= 1_000));
    for (const { connections, answered, lost } of await Promise.all(loads.map((load) => load.stop())))
      assert.equal(lost.length, 0, `${connections} connections: ${answered} answered, lost ${reasons(lost)}`);
    tried({
      fault: "a pod is evicted under load, right after an update",
      happens: "no request is lost, by new connections or kept ones",
    });
  });
});
