import assert from "node:assert/strict";
import { join } from "node:path";
import { statusOf } from "../engine/cli";
import { type Expected, train, untilPredicts } from "../models";
import { ClusterStack, NODE } from "./clusterStack";

const program = (more: string) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}",
  timeoutSeconds: 300, drainSeconds: 1, resources: { requests: { cpu: "50m", memory: "100Mi" } }, ${more}
});
exports.urls = [model.url, model.externalUrl];
exports.externalUrl = model.externalUrl;
exports.state = model.status.state;`;

/** Ways in which the number of pods is decided, with the pods that there are before and after. */
const WAYS: Record<string, [args: string, pods: number]> = {
  "with replicas": ["replicas: 2,", 2],
  "that is scaled by hand": ["", 1],
  "with an autoscaler": ["autoscaling: { minReplicas: 2, maxReplicas: 3 },", 2],
};

describe("a model on a cluster that is stopped", function () {
  this.timeout(600_000);
  for (const [way, [args, pods]] of Object.entries(WAYS)) {
    describe(way, () => {
      let stack: ClusterStack;
      let expected: Expected;
      let served: { urls: string[]; names: string[] };

      const kept = async () => {
        const objects = await stack.objects("services,configmaps,poddisruptionbudgets,horizontalpodautoscalers");
        const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
        return { urls: (await stack.outputs()).urls, names };
      };

      before(async () => {
        stack = await new ClusterStack(program(args)).init();
        expected = await train("iris", join(stack.folder, "model.pkl"));
        await stack.up();
        served = await kept();
        assert.equal((await stack.pods()).length, pods);
      });
      after(() => stack.remove());

      it("has no pods when the update ends, and all else as before", async () => {
        stack.write(program(`${args} stopped: true,`));
        await stack.up();
        assert.deepEqual(await stack.objects("pods"), []);
        assert.deepEqual(await kept(), served);
        assert.equal((await stack.outputs()).state, "STOPPED");
        assert.equal((await statusOf(stack)).state, "stopped");
        await stack.up("--expect-no-changes");
        await stack.ok("refresh", "--yes");
        await stack.up("--expect-no-changes");
      });

      it("stays so when something else changes", async () => {
        stack.write(program(`${args} stopped: true, podLabels: { team: "botany" },`));
        await stack.up();
        assert.deepEqual(await stack.objects("pods"), []);
      });

      it("is back at the same URL, with as many pods, when it is stopped no longer", async () => {
        stack.write(program(args));
        await stack.up();
        assert.equal((await stack.pods()).length, pods);
        assert.deepEqual(await kept(), served);
        await untilPredicts((await stack.outputs()).externalUrl, expected);
        await stack.up("--expect-no-changes");
      });
    });
  }

  it("from the start has no pods, and gets those that it should have", async () => {
    const stack = await new ClusterStack(program("stopped: true,")).init();
    try {
      const expected = await train("iris", join(stack.folder, "model.pkl"));
      await stack.up();
      assert.deepEqual(await stack.objects("pods"), []);
      stack.write(program(""));
      await stack.up();
      await untilPredicts((await stack.outputs()).externalUrl, expected);
    } finally {
      await stack.remove();
    }
  });
});
