import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { follow, modelserve, statusOf } from "../engine/cli";
import { tried } from "../faults";
import { kubeconfig } from "../kubeconfig";
import { train } from "../models";
import { until } from "../until";
import { Account, PODS_ALONE } from "./account";
import { ClusterStack, kubectl } from "./clusterStack";

/** `iris` is waited for by a kubeconfig that is a secret; `quiet` has a provider of its own, and no waiter. */
const program = (more = "") => `
const kubernetes = require("@pulumi/kubernetes");
const kubeconfig = pulumi.secret(require("node:fs").readFileSync(process.env.KUBECONFIG, "utf8"));
const common = { kind: "sklearnserve", namespace: process.env.TEST_NAMESPACE, timeoutSeconds: 300, drainSeconds: 1,
  resources: { requests: { cpu: "50m", memory: "100Mi" } } };
const iris = new ModelServe("iris", { ...common, path: "./model.pkl", readiness: { kubeconfig }, ${more} });
const provider = new kubernetes.Provider("provider", { kubeconfig });
new ModelServe("quiet", { ...common, path: "./quiet.pkl", readiness: { enabled: false } }, { provider });
exports.url = iris.url;`;

describe("the status and the log of a model on a cluster", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let limited: string;

  before(async () => {
    stack = await new ClusterStack(program()).init();
    await train("iris", join(stack.folder, "model.pkl"));
    await train("iris", join(stack.folder, "quiet.pkl"));
    await stack.up();
    limited = join(stack.folder, "limited.yaml");
    writeFileSync(limited, await (await new Account(stack.namespace, "viewer").init(PODS_ALONE)).kubeconfig());
  });
  after(() => stack.remove());

  const status = (...args: string[]) => modelserve(stack, "status", ...args);
  const logs = (...args: string[]) => modelserve(stack, "logs", "iris", ...args);
  const irisStatus = (...args: string[]) => statusOf(stack, "iris", ...args);
  /** As on a machine whose kubeconfig says nothing of the cluster. */
  const withoutKubeconfig = async <T>(work: () => Promise<T>) => {
    const { KUBECONFIG } = stack.env;
    stack.env.KUBECONFIG = join(stack.folder, "none");
    return work().finally(() => Object.assign(stack.env, { KUBECONFIG }));
  };

  it("say where it serves, by which revision, and at which URL", async () => {
    const { code, stdout } = await status("iris");
    const { metadata } = (await stack.objects("deployments")).find(({ metadata }) => metadata.name.startsWith("iris-"));
    const lines = [
      "iris: serving",
      `  Deployment ${stack.namespace}/${metadata.name}`,
      "  revision 1: 1 of 1 pods serving",
      `  URL ${(await stack.outputs()).url}`,
    ];
    assert.deepEqual([code, stdout], [0, `${lines.join("\n")}\n`]);
  });

  it("reach the cluster as Pulumi did, also by a provider's kubeconfig", async () => {
    const { code, stdout } = await withoutKubeconfig(() => status("--json"));
    const states = JSON.parse(stdout).models.map(({ name, state }: any) => [name, state]);
    assert.deepEqual(states, [
      ["iris", "serving"],
      ["quiet", "serving"],
    ]);
    assert.equal(code, 0);
  });

  it("need no passphrase when a kubeconfig is given, and say so when they need one", async () => {
    const { PULUMI_CONFIG_PASSPHRASE: passphrase, KUBECONFIG = "" } = stack.env;
    delete stack.env.PULUMI_CONFIG_PASSPHRASE;
    const { code, stderr } = await status();
    assert.equal(code, 1);
    assert.match(stderr, /passphrase must be set.*\n.*let Pulumi decrypt it, or give one by --kubeconfig\./s);
    assert.equal((await status("--kubeconfig", KUBECONFIG)).code, 0);
    stack.env.PULUMI_CONFIG_PASSPHRASE = passphrase;
  });

  it("print what the server wrote, and follow it", async () => {
    const { code, stdout } = await logs();
    assert.equal(code, 0);
    assert.match(stdout, /Uvicorn running on/);
    const { stdout: objects } = await logs("--json", "--tail", "3");
    const lines = objects
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(lines.length, 3);
    for (const { model, pod, container, time, line } of lines) {
      assert.deepEqual([model, container, pod.startsWith("iris-")], ["iris", "server", true]);
      assert.ok(!Number.isNaN(Date.parse(time)) && !line.includes(time));
    }
    const followed = await follow(stack, "iris");
    const { name } = (await stack.pods()).find(({ metadata }) => metadata.name.startsWith("iris-")).metadata;
    await kubectl("--namespace", stack.namespace, "delete", "pod", name);
    assert.match(await followed(), /shutdown/i);
    await until(async () => (await irisStatus()).state === "serving");
  });

  it("name the option that is wrong", async () => {
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await modelserve(stack, ...args);
      assert.deepEqual([code, stdout], [1, ""]);
      return stderr;
    };
    assert.match(await said("status", "dogs"), /The stack has no model "dogs"\. It has iris, quiet\./);
    assert.match(
      await said("status", "--context", "prod"),
      /--context "prod": The kubeconfig has no context "prod"\. It has/,
    );
    assert.match(await said("status", "--kubeconfig", "none"), /--kubeconfig "none": there is no such file\./);
    assert.match(
      await said("logs", "iris", "-c", "nope"),
      /--container "nope": the pods have no such container\. They have/,
    );
    assert.match(
      await said("logs", "iris", "--previous"),
      /has no such log: previous terminated container "server" in pod/,
    );
  });

  it("cannot be seen where nothing answers, which is not taken for a model that does not serve", async () => {
    const file = join(stack.folder, "nowhere.yaml");
    writeFileSync(file, kubeconfig("https://127.0.0.1:1", { token: "token" }));
    const { code, stdout } = await status("iris", "--kubeconfig", file);
    assert.equal(code, 3);
    assert.match(stdout, /^iris: unseen\n/);
    assert.match(
      stdout,
      /The cluster at https:\/\/127\.0\.0\.1:1 \(the kubeconfig's context "test"\) cannot be reached: .*ECONNREFUSED/,
    );
    assert.equal((await logs("--kubeconfig", file)).code, 3);
  });

  it("of an update that fails: the old revision serves, and why the new one does not", async () => {
    await train("broken", join(stack.folder, "model.pkl"));
    await stack.fails("up", "--yes", "--skip-preview");
    const { code, stdout } = await status("iris");
    assert.equal(code, 2);
    assert.match(stdout, /^iris: stuck; revision 1 goes on serving\n/);
    assert.match(
      stdout,
      /\n {2}revision 2: 0 of 1 pods serving, 1 loading, [2-9] restarts\n {2}revision 1: 1 of 1 pods serving/,
    );
    assert.match(stdout, /\n {2}URL http:/);
    assert.match(stdout, /\n {2}ValueError: invalid literal for int.*\n {4}\(model-does-not-load, server of pod iris-/);
    assert.match(stdout, /\n {4}Next: /);
    const { state, kubernetes } = await irisStatus();
    assert.equal(state, "stuck");
    const revisions = kubernetes.revisions.map(({ revision, serving }: any) => [revision, serving]);
    assert.deepEqual(revisions, [
      [2, 0],
      [1, 1],
    ]);
    assert.deepEqual([kubernetes.findings[0].cause, kubernetes.unread], ["model-does-not-load", []]);
    assert.match((await logs()).stdout, /Some of the models failed to load during startup!/);
  });

  it("explain less, and do not fail, where neither events nor logs may be read", async () => {
    const { state, kubernetes } = await irisStatus("--kubeconfig", limited);
    assert.equal(state, "stuck");
    assert.deepEqual([kubernetes.findings[0].cause, kubernetes.findings[0].lines], ["model-does-not-load", []]);
    assert.deepEqual([...kubernetes.unread].sort(), ["events", "pods/log"]);
    const { code, stderr } = await logs("--kubeconfig", limited);
    assert.equal(code, 3);
    assert.match(stderr, /the kubeconfig's context "test" may not get pods\/log/);
  });

  it("of an init container that fails: its words, and its log", async () => {
    writeFileSync(join(stack.folder, "model.pkl"), "no model");
    await stack.fails("up", "--yes", "--skip-preview");
    const { state, kubernetes } = await irisStatus("--kubeconfig", limited);
    assert.equal(state, "stuck");
    const [{ cause, what }] = kubernetes.findings;
    assert.equal(cause, "unreadable-model");
    assert.match(what, /model\.pkl cannot be loaded: it is not a pickle/);
    assert.deepEqual(kubernetes.revisions[0].pods[0].stage, "preparing model");
    assert.match((await logs()).stdout, /model\.pkl cannot be loaded: it is not a pickle/);
    assert.match(
      (await logs("--container", "server")).stderr,
      /has no such log: container "server" in pod .* is waiting/,
    );
  });

  it("of several pods: each line with the name of its pod", async () => {
    await train("iris", join(stack.folder, "model.pkl"));
    stack.write(program("replicas: 2"));
    await stack.up();
    const { stdout } = await logs("--tail", "1");
    const names = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    const pods = (await stack.pods()).map(({ metadata }) => metadata.name).filter((name) => name.startsWith("iris-"));
    assert.deepEqual(
      names,
      pods.sort().map((name) => `[${name}]`),
    );
  });

  it("of an update that was undone", async () => {
    writeFileSync(join(stack.folder, "model.pkl"), "no model");
    stack.write(program('replicas: 2, onFailure: "undo"'));
    await stack.fails("up", "--yes", "--skip-preview");
    await until(async () => (await irisStatus()).state === "undone");
    const { code, stdout } = await status("iris");
    assert.equal(code, 2);
    assert.match(stdout, /^iris: undone; revision \d+ serves\n/);
    assert.match(
      stdout,
      /\n {2}What was applied last did not serve, and what served before was put back \(`onFailure: "undo"`\)\.\n/,
    );
  });

  it("of a Deployment that is gone: down in Pulumi's cluster, and unseen in one that is given", async () => {
    const [{ metadata }] = (await stack.objects("deployments")).filter(({ metadata }) => /^iris-/.test(metadata.name));
    await kubectl("--namespace", stack.namespace, "delete", "deployment", metadata.name);
    assert.equal((await irisStatus()).state, "down");
    const { state, why } = await irisStatus("--kubeconfig", limited);
    assert.equal(state, "unseen");
    assert.match(why, /it was deleted, or is in another cluster/);
    assert.equal((await logs()).code, 3);
    tried({
      fault: "the Deployment is deleted",
      happens: "`modelserve status` says that the model is down",
      reads: why,
    });
  });

  it("never print a kubeconfig", async () => {
    const { stdout, stderr } = await status("--json");
    assert.doesNotMatch(stdout + stderr, /client-key|client-certificate|apiVersion/);
  });
});
