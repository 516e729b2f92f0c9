import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { invoke } from "../../src";
import { isFree } from "../../src/local/ports";
import { processesOf } from "../../src/local/process";
import { lineOf, tried } from "../faults";
import { type Expected, predictions, train } from "../models";
import { until } from "../until";
import { modelserve } from "./cli";
import { Stack } from "./stack";

const PROGRAM = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true, timeoutSeconds: 120 });
exports.url = model.url;
exports.grpcUrl = model.grpcUrl;
exports.status = model.status;`;

describe("a scikit-learn model on this machine, by the real engine", function () {
  this.timeout(300_000);
  let stack: Stack;
  let expected: Expected;
  let url: string;

  before(async () => {
    stack = await new Stack(PROGRAM).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
  });
  after(() => stack.remove());

  it("is previewed with its digest, requirements and ports, and with no URL yet", async () => {
    const preview = await stack.ok("preview", "--diff");
    for (const line of [
      /modelDigest\s*: "[0-9a-f]{64}"/,
      /"scikit-learn==1.5.2"/,
      /http\s*: \d{5}/,
      /url\s*: \[unknown\]/,
    ]) {
      assert.match(preview, line);
    }
    assert.doesNotMatch(preview, /undefined/);
  });

  it("is previewed without the user's secrets", async () => {
    stack.write(PROGRAM.replace("timeoutSeconds", `requirements: [pulumi.secret("toolz==0.12.0")], timeoutSeconds`));
    assert.doesNotMatch(await stack.ok("preview", "--diff"), /toolz/);
    stack.write(PROGRAM);
  });

  it("is served, and predicts what it predicts in Python", async () => {
    await stack.up();
    ({ url } = await stack.outputs());
    assert.deepEqual(await predictions(url, expected), expected.predictions);
  });

  it("is served over gRPC as well", async () => {
    const { grpcUrl } = await stack.outputs();
    assert.deepEqual(await predictions(grpcUrl, expected), expected.predictions);
    const three = { inputs: [{ name: "x", shape: [1, 3], datatype: "FP64" as const, data: [1, 2, 3] }] };
    await assert.rejects(invoke(grpcUrl, three, { modelName: "iris" }), /\(500\): .*X has 3 features/);
    await assert.rejects(invoke(grpcUrl, three, { modelName: "rose" }), /\(404\): .*rose/);
  });

  it("gives no diff when nothing changed", async () => {
    await stack.up("--expect-no-changes");
    assert.doesNotMatch(await stack.ok("preview", "--diff"), /[+~-] /);
  });

  it("is reported as stopped by a refresh when its process was killed", async () => {
    const { process: started } = await stack.server();
    process.kill(started.pid, "SIGKILL");
    await until(() => processesOf(started.server).length === 0);
    assert.match(await stack.ok("refresh", "--yes", "--skip-preview", "--diff"), /state\s*: "running" => "stopped"/);
  });

  it("is started again by a plain up, which says why, at the same URL", async () => {
    const { pid } = (await stack.server()).process;
    const text = await stack.up("--diff");
    assert.match(text, new RegExp(`restart\\s*: "process ${pid} ended"`));
    assert.equal((await stack.outputs()).url, url);
    assert.deepEqual(await predictions(url, expected), expected.predictions);
    await stack.up("--expect-no-changes");
    tried({
      fault: `the server's process is killed`,
      happens: `the next \`up\` starts it again at the same URL`,
      reads: lineOf(text, /restart\s*:/),
    });
  });

  it("is replaced at the same URL when its file changes, which the preview shows as a digest", async () => {
    expected = await train("iris-reversed", join(stack.folder, "model.pkl"));
    const preview = await stack.ok("preview", "--diff");
    assert.match(preview, /modelDigest\s*: "[0-9a-f]{64}" => "[0-9a-f]{64}"/);
    assert.doesNotMatch(preview, /[~+-] (ports|requirements|settingsDigest)/);
    await stack.up();
    assert.equal((await stack.outputs()).url, url);
    assert.deepEqual(await predictions(url, expected), expected.predictions);
  });

  it("goes on serving when an update's model fails to load, and the update says why", async () => {
    await train("broken", join(stack.folder, "model.pkl"));
    const text = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(text, /The server ended before its model was ready: ValueError: invalid literal for int/);
    assert.deepEqual(await predictions(url, expected), expected.predictions);
    const asked = await modelserve(stack, "invoke", "iris", "--row", "5.1,3.5,1.4,0.2", "--json");
    assert.equal(JSON.parse(asked.stdout || asked.stderr).model_name, "iris");
    await train("iris-reversed", join(stack.folder, "model.pkl"));
    await stack.up("--expect-no-changes");
    tried({
      fault: "a changed model does not load",
      happens: "the update fails; the old server goes on serving",
      reads: lineOf(text, /The server ended before/),
    });
  });

  it("serves after its replacement", async () => {
    const { process: old } = await stack.server();
    await stack.up("--replace", "**LocalServer::iris");
    assert.deepEqual(processesOf(old.server), []);
    ({ url } = await stack.outputs());
    assert.deepEqual(await predictions(url, expected), expected.predictions);
  });

  it("is taken down by destroy: no process, port, folder or record is left", async () => {
    const { process: started, ports } = await stack.server();
    await stack.ok("destroy", "--yes", "--skip-preview");
    assert.deepEqual(processesOf(started.server), []);
    for (const port of Object.values<number>(ports)) assert.ok(await isFree(port));
    const folder = dirname(started.log);
    assert.ok(!existsSync(folder) && !existsSync(`${folder.replace(/-[0-9a-f]{8}$/, "")}.json`));
  });
});
