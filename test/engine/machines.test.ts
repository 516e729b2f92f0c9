import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../src/local/cache";
import { processesOf, stopProcesses } from "../../src/local/process";
import type { ServerProcess } from "../../src/local/server";
import { lineOf, tried } from "../faults";
import { type Expected, predictions, train } from "../models";
import { Stack } from "./stack";

const PROGRAM = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
exports.url = model.url;`;

describe("a stack that is used on two machines", function () {
  this.timeout(300_000);
  const caches = mkdtempSync(join(tmpdir(), "modelserve-machines-"));
  const started: ServerProcess[] = [];
  let stack: Stack;
  let expected: Expected;

  before(async () => {
    stack = await new Stack(PROGRAM).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    for (const machine of ["a", "b"]) {
      mkdirSync(join(caches, machine));
      symlinkSync(join(cacheFolder(), "environments"), join(caches, machine, "environments"));
    }
    on("a");
    await stack.up();
    started.push((await stack.server()).process);
  });
  after(async () => {
    for (const { server } of started) await stopProcesses(server, 15);
    await stack.remove();
    rmSync(caches, { recursive: true });
  });

  /** Makes the commands that follow those of a machine: it has a name, and knows only the servers that it started. */
  function on(machine: string): void {
    stack.env.MODELSERVE_MACHINE_ID = machine;
    stack.env.MODELSERVE_CACHE = join(caches, machine);
  }

  const runs = ({ server }: ServerProcess) => processesOf(server).length > 0;

  it("is not changed by a refresh on the other", async () => {
    on("b");
    await stack.ok("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("shows in a preview that the server would move", async () => {
    assert.match(await stack.ok("preview", "--diff"), /machine\s*: "a" => "b"/);
  });

  it("gets a server on the other by an up, which names the process that it leaves", async () => {
    const text = await stack.up();
    const { process: second, machine } = await stack.server();
    started.push(second);
    const [first] = started as [ServerProcess];
    assert.equal(machine, "b");
    assert.match(text, new RegExp(`may still run on a as process ${first.pid}.*kill -- -${first.pid}`));
    assert.deepEqual(await predictions((await stack.outputs()).url, expected), expected.predictions);
    assert.ok(runs(first));
    await stack.up("--expect-no-changes");
    tried({
      fault: "the stack is updated on another machine",
      happens: "a server is started there, and the one that cannot be reached is named",
      reads: lineOf(text, /It may still run/),
    });
  });

  it("replaces what it left, when it comes back", async () => {
    on("a");
    assert.match(await stack.up(), /may still run on b as process/);
    started.push((await stack.server()).process);
    const [first, second, third] = started as [ServerProcess, ServerProcess, ServerProcess];
    assert.deepEqual([first, second, third].map(runs), [false, true, true]);
  });

  it("is destroyed on the other, which ends its own server and names the one that it cannot reach", async () => {
    on("b");
    const text = await stack.ok("destroy", "--yes", "--skip-preview");
    const [, second, third] = started as [ServerProcess, ServerProcess, ServerProcess];
    assert.match(text, new RegExp(`may still run on a as process ${third.pid}`));
    assert.deepEqual([second, third].map(runs), [false, true]);
  });
});
