import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { tried } from "../faults";
import { train } from "../models";
import { until } from "../until";
import { ClusterStack } from "./clusterStack";

const program = (version: string) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, serviceType: "ClusterIP",
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, drainSeconds: 1, modelVersion: "${version}",
});
class After extends pulumi.dynamic.Resource {}
new After({ create: async () => ({ id: "after" }) }, "after", {}, { dependsOn: model });
exports.url = model.url;`;

describe("an up that is interrupted while it waits for a model", function () {
  this.timeout(600_000);
  let stack: ClusterStack;

  before(async () => {
    stack = await new ClusterStack(program("1")).init();
    await train("slow", join(stack.folder, "model.pkl"));
  });
  after(() => stack.remove());

  const resources = async () => {
    const { deployment } = JSON.parse(await stack.ok("stack", "export"));
    const named = (suffix: string) => deployment.resources.find(({ urn }: any) => urn.endsWith(suffix));
    return { readiness: named("iris-readiness"), after: named("::after"), pending: deployment.pending_operations };
  };

  it("says in its progress what Ctrl-C does: the first ends it after the wait", async () => {
    const up = new Terminal(stack, "pulumi up --yes --skip-preview");
    await up.shows(/loading.*\(Ctrl-C ends the update after this wait, a second one ends it now\)/);
    up.interrupt();
    assert.notEqual(await up.ended, 0);
    const { readiness, after } = await resources();
    assert.equal(readiness.outputs.serving, true);
    assert.equal(after, undefined);
    tried({
      fault: "Ctrl-C while an update waits",
      happens: "the update ends after the wait; the next one goes on from there",
      reads: "(Ctrl-C ends the update after this wait, a second one ends it now)",
    });
  });

  it("goes on from there in the next one", async () => {
    await stack.up();
    assert.ok((await resources()).after);
  });

  it("ends at once at the second, and leaves what the next one copes with", async () => {
    await train("slow", join(stack.folder, "model.pkl"));
    stack.write(program("2"));
    const up = new Terminal(stack, "pulumi up --yes --skip-preview");
    await up.shows(/loading.*\(Ctrl-C/);
    up.interrupt();
    await up.shows(/\^C received|ancel/);
    up.interrupt();
    assert.notEqual(await up.ended, 0);
    assert.equal((await resources()).pending?.length ?? 0, 1);

    await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    const { readiness, pending } = await resources();
    assert.equal(readiness.outputs.serving, true);
    assert.deepEqual(pending ?? [], []);
    await stack.up("--expect-no-changes");
    tried({ fault: "Ctrl-C twice while an update waits", happens: "the update ends at once; the next one waits anew" });
  });
});

function readable(text: string): string {
  return stripVTControlCharacters(text).replaceAll("\r", "");
}

/** A command on a terminal of its own. */
class Terminal {
  private readonly child: ChildProcess;
  private text = "";
  readonly ended: Promise<number | null>;

  constructor({ folder, env }: ClusterStack, command: string) {
    const wide = `stty cols 400 rows 60; exec ${command}`; // so that no line is cut
    const options = { cwd: folder, env: { ...env, TERM: "xterm" } };
    this.child = spawn("script", ["--quiet", "--return", "--command", wide, "/dev/null"], options);
    this.child.stdout?.on("data", (data) => {
      this.text += data;
    });
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
  }

  async shows(what: RegExp): Promise<void> {
    const start = this.text.length;
    let over = false;
    this.ended.then(() => {
      over = true;
    });
    await until(() => what.test(this.text.slice(start)) || over);
    const shown = this.text.slice(start);
    const lines = [...new Set(readable(shown).split("\n"))]; // each once: it draws the whole screen anew at every change
    assert.ok(what.test(shown), `it never showed ${what}, but:\n${lines.join("\n").slice(-10_000)}`);
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.child.stdin?.write("\x03");
  }
}
