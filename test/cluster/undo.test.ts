import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf, tried } from "../faults";
import { type Expected, train, untilPredicts } from "../models";
import { ClusterStack, NODE } from "./clusterStack";
import { changes, preview } from "./preview";

/** As where there is one GPU: the old pod must go before a new one comes. */
const program = (args: string) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", replicas: 1,
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, drainSeconds: 1, rollout: "replace-in-place", onFailure: "undo",
  ...{ ${args} },
});
exports.externalUrl = model.externalUrl;`;

describe("an update that fails, with `onFailure: undo`", function () {
  this.timeout(900_000);
  let stack: ClusterStack;
  let expected: Expected;
  let externalUrl: string;

  before(async () => {
    stack = await new ClusterStack(program('envs: [{ name: "ONLY_OF_THE_FIRST", value: "1" }]')).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    externalUrl = (await stack.outputs()).externalUrl;
    writeFileSync(join(stack.folder, "model.pkl"), "no model");
    stack.write(program('envs: [{ name: "OF_THE_SECOND", value: "1" }]'));
  });
  after(() => stack.remove());

  const predictsAsInPython = () => untilPredicts(externalUrl, expected);
  const envs = async () => {
    const { spec } = await stack.only("deployments");
    const [server] = spec.template.spec.containers;
    return server.env.map(({ name }: { name: string }) => name).filter((name: string) => name.includes("OF_THE"));
  };
  const wentBack = async () => {
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /model\.pkl cannot be loaded/);
    assert.match(said, /Went back to the pods that served before \(ReplicaSet iris-\S+\)/);
    await predictsAsInPython();
    assert.deepEqual(await envs(), ["ONLY_OF_THE_FIRST"]);
    tried({
      fault: `a changed model cannot be loaded, with one GPU and \`onFailure: "undo"\``,
      happens: `the old pods come back, and the update fails`,
      reads: lineOf(said, /Went back/),
    });
  };

  it("goes back to the pods that served, which serve when it has ended", wentBack);

  it("shows in the next preview that it will be waited again", async () => {
    assert.deepEqual(
      (await changes(await preview(stack, () => {}))).filter((line) => line.startsWith("update")),
      ["update Readiness iris-readiness"],
    );
  });

  it("takes the new pods up again in the next update, also when nothing has changed in the program", wentBack);

  it("is known not to serve after a refresh, which sees the old pods serve", async () => {
    const { urn, outputs } = await stack.readiness();
    assert.equal(outputs.serving, false);
    await stack.ok("refresh", "--yes", "--skip-preview", "--target", urn);
    assert.equal((await stack.readiness()).outputs.serving, false);
  });

  it("is put right by a program that is, and leaves nothing of the old pods behind", async () => {
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    await stack.up();
    assert.deepEqual(await envs(), ["OF_THE_SECOND"]);
    const { metadata } = await stack.only("deployments");
    assert.equal(metadata.annotations["modelserve/undone"], undefined);
    await stack.up("--expect-no-changes");
    assert.equal((await stack.readiness()).outputs.serving, true);
  });

  it("says so when there is nothing to go back to", async () => {
    stack.write(`${program("")}
new ModelServe("digits", { kind: "sklearnserve", path: "./text.pkl", namespace: process.env.TEST_NAMESPACE, serviceType: "ClusterIP",
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, onFailure: "undo" });`);
    writeFileSync(join(stack.folder, "text.pkl"), "no model");
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /Could not go back .*: there is no earlier revision to go back to/);
    tried({
      fault: `the first model cannot be loaded, with \`onFailure: "undo"\``,
      happens: `the update fails: there is nothing to go back to`,
      reads: lineOf(said, /Could not go back/),
    });
  });
});
