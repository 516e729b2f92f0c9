import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processesOf } from "../../src/local/process";
import type { ServerRecord } from "../../src/local/record";
import { predictions, train } from "../models";
import { until } from "../until";
import { recordFiles } from "./records";
import { Stack } from "./stack";

const PROGRAM = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
exports.url = model.url;`;

describe("an up that was killed while the model loaded", function () {
  this.timeout(300_000);
  let stack: Stack;
  let left: ServerRecord;
  const known = new Set(recordFiles());

  before(async () => {
    stack = await new Stack(PROGRAM).init();
  });
  after(() => stack.remove());

  it("leaves a server that nobody manages", async () => {
    await train("slow", join(stack.folder, "model.pkl"));
    const up = stack.start("up", "--yes", "--skip-preview");
    await until(() => recordFiles().some((file) => !known.has(file) && readRecord(file).pid !== undefined));
    left = readRecord(recordFiles().find((file) => !known.has(file)) as string);
    assert.equal(left.state, "starting");
    const server = processesOf(left.server).map(({ pid }) => pid);
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
  });
});

function readRecord(file: string): ServerRecord {
  return JSON.parse(readFileSync(file, "utf8"));
}
