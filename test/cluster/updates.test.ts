import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Expected, train, untilPredicts } from "../models";
import { until } from "../until";
import { ClusterStack, kubectl, NODE } from "./clusterStack";
import { changes, preview } from "./preview";

const program = (args: string) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}",
  secretEnvs: { TOKEN: "one" }, resources: { requests: { cpu: "50m", memory: "100Mi" } }, timeoutSeconds: 300, drainSeconds: 1,
  ...{ ${args} },
});
exports.externalUrl = model.externalUrl;`;

describe("the updates of a model on a cluster", function () {
  this.timeout(900_000);
  let stack: ClusterStack;
  let expected: Expected;

  before(async () => {
    stack = await new ClusterStack(program("")).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
  });
  after(() => stack.remove());

  const predictsAsInPython = async () => {
    const { externalUrl } = await stack.outputs();
    await untilPredicts(externalUrl, expected);
  };
  const inNamespace = (...args: string[]) => kubectl("--namespace", stack.namespace, ...args);
  const scale = async (replicas: number) => {
    const { metadata } = await stack.only("deployments");
    await inNamespace("scale", "deployment", metadata.name, `--replicas=${replicas}`);
    await inNamespace("rollout", "status", "deployment", metadata.name);
  };
  const replicas = async () => (await stack.only("deployments")).spec.replicas;
  const seen = async () => changes(await preview(stack, () => {}));

  it("leave the number of pods alone when the program gives none", async () => {
    await scale(2);
    await stack.up("--expect-no-changes");
    stack.write(program("serverSettings: { gzip_enabled: false }"));
    await stack.up();
    assert.equal(await replicas(), 2);
    await predictsAsInPython();
  });

  it("leave the number of pods to an autoscaler", async () => {
    stack.write(program("autoscaling: { minReplicas: 2, maxReplicas: 3 }"));
    await stack.up();
    await scale(3);
    await stack.up("--expect-no-changes");
    stack.write(program('autoscaling: { minReplicas: 2, maxReplicas: 3 }, modelVersion: "2"'));
    await stack.up();
    assert.equal(await replicas(), 3);
    const autoscaler = await stack.only("horizontalpodautoscalers");
    assert.deepEqual([autoscaler.spec.minReplicas, autoscaler.spec.maxReplicas], [2, 3]);
  });

  it("go to the number that is given when the autoscaler is switched off, and say so before", async () => {
    stack.write(program('replicas: 2, modelVersion: "2"'));
    assert.deepEqual(
      (await seen()).filter((line) => !line.includes("ModelServe")),
      [
        "delete HorizontalPodAutoscaler iris",
        "update Deployment iris: spec.replicas",
        "update Readiness iris-readiness",
      ],
    );
    await stack.up();
    assert.equal(await replicas(), 2);
    await stack.up("--expect-no-changes");
  });

  it("that fail leave the old pods what they need, and are put right by the next", async () => {
    stack.write(program('replicas: 1, modelVersion: "2"'));
    await stack.up();
    const before = (await stack.objects("configmaps,secrets")).map(({ metadata }) => metadata.name);
    writeFileSync(join(stack.folder, "model.pkl"), "no model");
    stack.write(program('replicas: 1, modelVersion: "3", secretEnvs: { TOKEN: "two" }'));
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /The model cannot be served: model\.pkl cannot be loaded: it is not a pickle/);
    assert.match(said, /Next: Save the model again, and upload it whole\./);
    await predictsAsInPython();
    const left = (await stack.objects("configmaps,secrets")).map(({ metadata }) => metadata.name);
    assert.deepEqual(
      before.filter((name) => !left.includes(name)),
      [],
    );

    const [old] = (await stack.pods()).filter(({ status }) => status.conditions.some(isReady));
    await inNamespace("delete", "pod", old.metadata.name);
    await predictsAsInPython();

    await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    await predictsAsInPython();
    await stack.up("--expect-no-changes");
    assert.equal((await stack.objects("configmaps")).length, 3); // model, settings, and Kubernetes' own
    assert.equal((await stack.objects("secrets")).length, 1);
  });

  it("give out the address of a load balancer when it has one", async () => {
    stack.write(program('replicas: 1, modelVersion: "3", serviceType: "LoadBalancer", nodeHost: undefined'));
    const update = stack.up();
    const balanced = async () =>
      (await stack.objects("services")).find(({ spec }) => spec.type === "LoadBalancer")?.metadata.name;
    await until(async () => (await balanced()) !== undefined);
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname: "models.example.org" }] } } });
    await inNamespace("patch", "service", await balanced(), "--subresource=status", "--type=merge", "--patch", status);
    await update;
    assert.equal((await stack.outputs()).externalUrl, "http://models.example.org:8080");
  });
});

function isReady({ type, status }: { type: string; status: string }): boolean {
  return type === "Ready" && status === "True";
}
