import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processesOf } from "../../src/local/process";
import type { ServerRecord } from "../../src/local/record";
import { lineOf, tried } from "../faults";
import { predictions, train } from "../models";
import { until } from "../until";
import { recordFiles } from "./cache";
import { Stack } from "./stack";

const PROGRAM = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
exports.url = model.url;`;

describe("an up that was killed while the model loaded", function () {
  this.timeout(300_000);
  let stack: Stack;
  let left: ServerRecord;

  before(async () => {
    stack = await new Stack(PROGRAM).init();
  });
  after(() => stack.remove());

  it("leaves a server that nobody manages", async () => {
    await train("slow", join(stack.folder, "model.pkl"));
    const up = stack.start("up", "--yes", "--skip-preview");
    const records = () => recordFiles(stack.cache).map(readRecord);
    await until(() => records().some(({ pid }) => pid !== undefined));
    [left] = records() as [ServerRecord];
    assert.equal(left.state, "starting");
    let server: number[] = [];
    await until(() => {
      server = processesOf(left.server).map(({ pid }) => pid); // none for a moment, while it becomes its program (execve)
      return server.length > 0;
    });
    for (const pid of stack.processes()) if (!server.includes(pid)) process.kill(pid, "SIGKILL");
    await until(() => up.signalCode !== null || up.exitCode !== null);
    assert.ok(processesOf(left.server).length > 0);
  });

  it("is put right by the next one, which ends that server", async () => {
    const expected = await train("iris", join(stack.folder, "model.pkl"));
    await stack.ok("cancel", "--yes");
    await stack.up();
    assert.deepEqual(processesOf(left.server), []);
    assert.deepEqual(await predictions((await stack.outputs()).url, expected), expected.predictions);
    await stack.up("--expect-no-changes");
    tried({
      fault: "an update is killed while the model loads",
      happens: "the next one ends the server that it left, and serves",
    });
  });
});

describe("an up that was killed after it had replaced a model's server, before that was saved", function () {
  this.timeout(300_000);
  let stack: Stack;
  after(() => stack.remove());

  it("is put right by the next one, which serves what is declared at the same URL", async () => {
    stack = await new Stack(PROGRAM).init();
    const model = join(stack.folder, "model.pkl");
    const expected = await train("iris", model);
    await stack.up();
    const { url } = await stack.outputs();
    const saved = join(stack.folder, "saved.json");
    await stack.ok("stack", "export", "--file", saved);
    await train("iris-reversed", model);
    await stack.up();
    const { process: left } = await stack.server();
    await stack.ok("stack", "import", "--file", saved);

    await train("iris", model);
    const said = await stack.up("--diff");
    assert.match(said, new RegExp(`restart\\s*: "process ${left.pid} is left of an update that was cut off"`));
    assert.deepEqual(processesOf(left.server), []);
    assert.equal((await stack.outputs()).url, url);
    assert.deepEqual(await predictions(url, expected), expected.predictions);
    await stack.up("--expect-no-changes");
    tried({
      fault: "an update is killed after it has replaced the server, before that is saved",
      happens: "the next one ends that server, and serves what is declared at the same URL",
      reads: lineOf(said, /restart\s*:/),
    });
  });

  it("is put right when the state is without the server altogether, as after a create that was not saved", async () => {
    const { process: left } = await stack.server();
    const state = JSON.parse(await stack.ok("stack", "export"));
    const saved = join(stack.folder, "empty.json");
    writeFileSync(saved, JSON.stringify({ ...state, deployment: { ...state.deployment, resources: [] } }));
    await stack.ok("stack", "import", "--file", saved);
    await stack.up();
    assert.deepEqual(processesOf(left.server), []);
  });

  it("is put right when only variables of its environment differ", async () => {
    const saved = join(stack.folder, "saved.json");
    await stack.ok("stack", "export", "--file", saved);
    stack.write(PROGRAM.replace("localExecution", `envs: [{ name: "A", value: "1" }], localExecution`));
    await stack.up();
    const { process: left } = await stack.server();
    await stack.ok("stack", "import", "--file", saved);
    stack.write(PROGRAM);
    await stack.up();
    assert.deepEqual(processesOf(left.server), []);
    await stack.up("--expect-no-changes");
  });

  it("is ended by a destroy, too", async () => {
    const saved = join(stack.folder, "saved.json");
    await stack.ok("stack", "export", "--file", saved);
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    await stack.up();
    const { process: left } = await stack.server();
    await stack.ok("stack", "import", "--file", saved);
    await stack.ok("destroy", "--yes", "--skip-preview");
    assert.deepEqual(processesOf(left.server), []);
  });
});

function readRecord(file: string): ServerRecord {
  return JSON.parse(readFileSync(file, "utf8"));
}
