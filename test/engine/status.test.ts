import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../../src/local/process";
import { train } from "../models";
import { follow, modelserve, statusOf } from "./cli";
import { Stack } from "./stack";

const program = (more = "") => `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true, timeoutSeconds: 120, ${more} });
exports.url = model.url;`;

describe("the status and the log of a model on this machine", function () {
  this.timeout(300_000);
  let stack: Stack;

  before(async () => {
    stack = await new Stack(program()).init();
    await train("broken", join(stack.folder, "model.pkl"));
  });
  after(() => stack.remove());

  it("of an empty stack: it has no models", async () => {
    assert.deepEqual(await modelserve(stack, "status"), { code: 0, stdout: "The stack has no models.\n", stderr: "" });
  });

  it("name the option that is wrong", async () => {
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await modelserve(stack, ...args);
      assert.deepEqual([code, stdout], [1, ""]);
      return stderr;
    };
    assert.match(
      await said("status", "--stack", "no-such"),
      /^modelserve: --stack "no-such" of .*no stack named 'no-such'/,
    );
    assert.match(await said("status", "--cwd", "nowhere"), /^modelserve: --cwd "nowhere": there is no such folder\./);
    assert.match(
      await said("status", "--cwd", "/"),
      /^modelserve: The selected stack of the program in \/ cannot be read:/,
    );
    assert.match(await said("logs", "iris", "--tail", "few"), /'few' is invalid\. It must be a number of lines/);
  });

  it("say why the first start failed, though the state knows nothing of it", async () => {
    await stack.fails("up", "--yes", "--skip-preview");
    const { code, stdout } = await modelserve(stack, "status");
    assert.equal(code, 2);
    assert.match(stdout, /^iris: incomplete\n/);
    assert.match(stdout, /\n {2}It never finished being created/);
    assert.match(stdout, /\n {2}ValueError: invalid literal for int/);
    assert.match((await modelserve(stack, "logs", "iris")).stdout, /Some of the models failed to load during startup!/);
  });

  it("of a model that serves, at its URL", async () => {
    await train("iris", join(stack.folder, "model.pkl"));
    await stack.up();
    const { url } = await stack.outputs();
    const { process: started, machine } = await stack.server();
    const { code, stdout } = await modelserve(stack, "status", "iris");
    const lines = [
      "iris: serving",
      `  MLServer on ${machine}, process ${started.pid}`,
      `  log ${started.log}`,
      `  URL ${url}`,
    ];
    assert.deepEqual([code, stdout], [0, `${lines.join("\n")}\n`]);
    const { state, local } = await statusOf(stack);
    assert.deepEqual([state, local.running, local.ready, local.lines], ["serving", true, true, []]);
  });

  it("read without the passphrase of the stack", async () => {
    const { PULUMI_CONFIG_PASSPHRASE: passphrase } = stack.env;
    delete stack.env.PULUMI_CONFIG_PASSPHRASE;
    assert.equal((await statusOf(stack)).state, "serving");
    stack.env.PULUMI_CONFIG_PASSPHRASE = passphrase;
  });

  it("print the log, or its last lines, or each as an object", async () => {
    const log = readFileSync((await stack.server()).process.log, "utf8");
    assert.deepEqual(await modelserve(stack, "logs", "iris"), { code: 0, stdout: log, stderr: "" });
    const last = log.trimEnd().split("\n").slice(-2);
    assert.equal((await modelserve(stack, "logs", "iris", "--tail", "2")).stdout, `${last.join("\n")}\n`);
    const { stdout } = await modelserve(stack, "logs", "iris", "--tail", "2", "--json");
    const objects = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      objects,
      last.map((line) => ({ model: "iris", line })),
    );
  });

  it("refuse what only pods have", async () => {
    const { code, stderr } = await modelserve(stack, "logs", "iris", "--previous", "--container", "server");
    assert.equal(code, 1);
    assert.match(stderr, /--container, --previous: model "iris" runs in no pod\. Leave it out\./);
  });

  it("say that the process ended, and end what followed its log", async () => {
    const { process: started } = await stack.server();
    const followed = await follow(stack, "iris");
    process.kill(started.pid, "SIGTERM");
    assert.match(await followed(), /gRPC server shutdown complete\n$/);
    assert.ok(!isRunning(started));
    const { code, stdout } = await modelserve(stack, "status");
    assert.equal(code, 2);
    assert.match(stdout, /^iris: down\n/);
    assert.match(stdout, new RegExp(`\n {2}Process ${started.pid} has ended\\.\n`));
    assert.match(stdout, /\n {2}Next: Run `pulumi up`, which starts it again\.\n$/);
  });

  it("say why it was started again", async () => {
    const { pid } = (await stack.server()).process;
    await stack.up();
    const { code, stdout } = await modelserve(stack, "status");
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`\n {2}started again the last time because process ${pid} ended\n`));
  });

  it("cannot be seen from another machine, which is named", async () => {
    stack.env.MODELSERVE_MACHINE_ID = "elsewhere";
    const { machine } = await stack.server();
    const status = await modelserve(stack, "status");
    assert.equal(status.code, 3);
    assert.match(status.stdout, /^iris: unseen\n/);
    assert.ok(status.stdout.includes(`It runs on ${machine}, and this is elsewhere.`));
    const { code, stderr } = await modelserve(stack, "logs", "iris");
    assert.equal(code, 3);
    assert.ok(stderr.includes(`is on ${machine}, and this is elsewhere. Run \`modelserve logs\` there.`));
    delete stack.env.MODELSERVE_MACHINE_ID;
  });

  it("of a model that is stopped", async () => {
    stack.write(program("stopped: true"));
    await stack.up();
    const { code, stdout } = await modelserve(stack, "status");
    assert.equal(code, 2);
    assert.match(stdout, /^iris: stopped\n/);
    assert.match((await modelserve(stack, "logs", "iris")).stderr, /Model "iris" is stopped, so there is no log\./);
  });
});
