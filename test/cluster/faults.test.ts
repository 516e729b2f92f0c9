import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf, tried } from "../faults";
import { type Expected, train, untilPredicts } from "../models";
import { until } from "../until";
import { ClusterStack, kubectl, NODE } from "./clusterStack";
import { outcomeOf, wantedOf } from "./deployments";
import { Recorder } from "./recorder";
import { Store } from "./store";

const SMALL = "resources: { requests: { cpu: '50m', memory: '100Mi' } }, drainSeconds: 1";
const program = (more: string) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", ${SMALL}, ...{ ${more} },
});
exports.externalUrl = model.externalUrl;`;

describe("a model on a cluster serves in spite of", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let expected: Expected;

  beforeEach(async () => {
    stack = await new ClusterStack(program("")).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
  });
  afterEach(() => stack.remove());

  const serves = async (one = stack) => {
    const { externalUrl } = await one.outputs();
    await untilPredicts(externalUrl, expected);
  };
  const statuses = async () =>
    (await stack.pods()).flatMap(({ status }) => [
      ...(status.initContainerStatuses ?? []),
      ...(status.containerStatuses ?? []),
    ]);
  const runs = (container: string) =>
    until(async () => (await statuses()).some(({ name, state }) => name === container && state.running));
  const inNamespace = (...args: string[]) => kubectl("--namespace", stack.namespace, ...args);

  for (const program of ["kubelet", "kube-apiserver"]) {
    it(`a ${program} that is started again while an update waits`, async function () {
      const pid = processOf(program);
      if (pid === undefined) return this.skip(); // another cluster than that of `npm run cluster`
      await train("slow", join(stack.folder, "model.pkl"));
      const up = stack.up();
      await runs("server");
      process.kill(pid, "SIGKILL");
      await until(() => ![undefined, pid].includes(processOf(program)));
      await up;
      await train("iris", join(stack.folder, "model.pkl"));
      await stack.up();
      await serves();
      tried({
        fault: `the ${program} is killed while an update waits`,
        happens: "the wait goes on, and the update ends well",
      });
    });
  }

  it("a fetch that is killed half-way, which the next one goes on with", async () => {
    const store = await new Store().start();
    const recorder = await new Recorder(store.endpoint).start();
    try {
      const model = join(stack.folder, "model.pkl");
      appendFileSync(model, Buffer.alloc(20 * 2 ** 20)); // after the pickle's end, where nobody reads
      store.put(model, "models", "iris/model.pkl");
      const { endpoint } = recorder;
      const { accessKeyId, secretAccessKey } = store;
      const storage = JSON.stringify({ endpoint, accessKeyId, secretAccessKey });
      recorder.slow = true;
      stack.write(program(`path: "s3://models/iris/model.pkl", storage: ${storage}`));
      const up = stack.run("up", "--yes", "--skip-preview");
      await until(() => processOf("rclone", "sync") !== undefined);
      process.kill(processOf("rclone", "sync") as number, "SIGKILL");
      await until(async () => (await statuses()).some(({ restartCount }) => restartCount > 0));
      recorder.slow = false;
      const { code, text } = await up;
      assert.equal(code, 0, text);
      await serves();
      tried({
        fault: "the container that fetches the model is killed half-way",
        happens: "it is started again and goes on; the update ends well",
      });
    } finally {
      await recorder.stop();
      await store.stop();
    }
  });

  it("a Secret that was deleted, which a refresh makes anew", async () => {
    stack.write(program('secretEnvs: { TOKEN: "one" }'));
    await stack.up();
    const secret = (await stack.only("secrets")).metadata.name;
    const { metadata } = await stack.only("deployments");
    await inNamespace("scale", "deployment", metadata.name, "--replicas=0");
    await until(async () => (await stack.objects("pods")).length === 0); // a node keeps Secrets that its pods have
    await inNamespace("delete", "secret", secret);
    await inNamespace("scale", "deployment", metadata.name, "--replicas=1");
    const { findings } = await outcomeOf(await wantedOf(stack.namespace, metadata.name, 20));
    assert.deepEqual([findings[0]?.cause, findings[0]?.what], ["secret-missing", `secret "${secret}" not found`]);
    await stack.up("--refresh");
    await serves();
    await stack.up("--expect-no-changes");
    tried({
      fault: "a generated Secret is deleted",
      happens: "new pods wait for it; `pulumi up --refresh` makes it anew",
      reads: findings[0]?.what,
    });
  });

  it("an update that is killed, at whatever stage", async () => {
    const exists = (kind: string) => async () => (await stack.objects(kind)).length > 0;
    const madeUntil: [string, () => Promise<boolean>][] = [
      ["settings", async () => (await stack.objects("configmaps")).length > 1], // one is Kubernetes' own
      ["Deployment", exists("deployments")],
      ["pod", exists("pods")],
    ];
    for (const [stage, reached] of madeUntil) {
      const up = stack.start("up", "--yes", "--skip-preview");
      await until(async () => (await reached()) || up.exitCode !== null);
      assert.equal(up.exitCode, null, `the update ended before there was a ${stage}`);
      for (const pid of stack.processes()) process.kill(pid, "SIGKILL");
      await until(() => up.signalCode !== null);
      await stack.ok("cancel", "--yes");
    }
    await stack.up();
    await serves();
    await stack.up("--expect-no-changes");
    tried({
      fault: "an update is killed after its settings, its Deployment, or its pods were made",
      happens: "the next one goes on from there, and serves",
    });
  });

  it("a second update of the stack at the same time, which is refused", async () => {
    const first = stack.up();
    await until(async () => (await stack.objects("deployments")).length > 0);
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /the stack is currently locked/);
    await first;
    await serves();
    tried({
      fault: "a second update of the stack is started",
      happens: "Pulumi refuses it; the first one ends well",
      reads: lineOf(said, /the stack is currently locked/),
    });
  });

  it("another stack with a model of the same name in the namespace, and its end", async () => {
    const other = new ClusterStack(program(""));
    other.env.PULUMI_STACK = "other";
    await other.init();
    other.env.TEST_NAMESPACE = stack.namespace;
    await train("iris", join(other.folder, "model.pkl"));
    try {
      await Promise.all([stack.up(), other.up()]);
      await serves();
      await serves(other);
      assert.equal((await stack.objects("deployments")).length, 2);
    } finally {
      await other.remove();
    }
    assert.equal((await stack.objects("deployments")).length, 1);
    await serves();
    await stack.up("--expect-no-changes");
    tried({
      fault: "another stack has a model of the same name in the namespace, and is destroyed",
      happens: "both serve, each its own; the end of one does not touch the other",
    });
  });
});

/** Process of the test's cluster that runs a program, if there is one. */
function processOf(program: string, argument = ""): number | undefined {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      const [name = "", ...args] = commandOf(pid);
      return name.split("/").at(-1) === program && (argument === "" || args.includes(argument));
    });
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // it has ended
  }
}
