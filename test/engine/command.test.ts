import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { run } from "../../src/local/command";
import { processesOf } from "../../src/local/process";
import { type Expected, predictions, train } from "../models";
import { until } from "../until";
import { MAIN, modelserve } from "./cli";
import { ROOT, Stack } from "./stack";

const PROGRAM = `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "model.pkl", modelName: "flowers", localExecution: true, timeoutSeconds: 120,
});
exports.url = model.url;`;

describe("the modelserve command", function () {
  this.timeout(300_000);
  let stack: Stack;
  let expected: Expected;
  let url: string;

  before(async () => {
    stack = await new Stack(PROGRAM).init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    await train("broken", join(stack.folder, "broken.pkl"));
    await stack.up();
    ({ url } = await stack.outputs());
    writeFileSync(join(stack.folder, "rows.csv"), `a,b,c,d\n${expected.rows.map((row) => row.join()).join("\n")}\n`);
  });
  after(() => stack.remove());

  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await modelserve(stack, ...args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const fails = async (...args: string[]) => {
    const { code, stdout, stderr } = await modelserve(stack, ...args);
    assert.deepEqual([code, stdout], [1, ""]);
    return stderr;
  };

  const serve = () =>
    spawn(process.execPath, [MAIN, "serve", "model.pkl", "--name", "mine", "--json"], {
      cwd: stack.folder,
      env: stack.env,
      stdio: ["ignore", "pipe", "inherit"],
    });

  it("invoke asks a model of the stack by its name, and a server by its URL", async () => {
    const table = `predict\n${expected.predictions.map((each) => String(each).padStart(7)).join("\n")}\n`;
    assert.equal(await ok("invoke", "iris", "--data", "rows.csv"), table);
    assert.equal(await ok("invoke", url, "--model-name", "flowers", "--data", "rows.csv"), table);
    const { outputs } = JSON.parse(
      await ok("invoke", "iris", "--row", "5.1,3.5,1.4,0.2", "-o", "predict_proba", "--json"),
    );
    assert.deepEqual([outputs[0].name, outputs[0].shape], ["predict_proba", [1, 3]]);
  });

  it("invoke says what is wrong", async () => {
    assert.match(await fails("invoke", "iris"), /There is nothing to ask/);
    assert.match(await fails("invoke", "roses", "--row", "1"), /The stack has no model "roses"\. It has iris\./);
    assert.match(
      await fails("invoke", "iris", "--row", "1,2"),
      /The model failed on the request: ValueError: X has 2 features.*\n`modelserve logs iris` has the whole error/,
    );
    assert.match(await fails("invoke", "127.0.0.1:8080", "-r", "1"), /is no URL\. Give it http:\/\/ or grpc:/);
    assert.match(await fails("invoke", url, "--row", "1"), /--model-name: it is missing/);
    assert.match(
      await fails("invoke", "iris", "--row", "1,2", "--row", "1"),
      /Row 2 has 1 values, and the first one 2/,
    );
    assert.match(await fails("invoke", "iris", "-r", "1", "--datatype", "FLOAT"), /Expected one of BOOL/);
  });

  it("invoke takes no option without effect", async () => {
    const whole = { inputs: [{ name: "x", shape: [1, 4], datatype: "FP64", data: [1, 2, 3, 4] }] };
    writeFileSync(join(stack.folder, "request.json"), JSON.stringify(whole));
    assert.match(await fails("invoke", "iris", "-d", "request.json", "-i", "y"), /--input: the request says it/);
    assert.match(
      await fails("invoke", "iris", "--text", "a", "--datatype", "FP32"),
      /--datatype: that of texts is BYTES/,
    );
    assert.match(await fails("invoke", url, "-s", "test", "-r", "1"), /--stack: a URL is asked as it is/);
    const named = `${url}/v2/models/flowers/infer`;
    assert.match(await fails("invoke", named, "-m", "roses", "-r", "1"), /--model-name: the URL names the model/);
    writeFileSync(join(stack.folder, "null.json"), '{"inputs": [null]}');
    assert.match(await fails("invoke", named, "-d", "null.json"), /inputs\[0\]: null is not/);
    assert.equal(await ok("invoke", "url", "-r", "5.1,3.5,1.4,0.2"), "predict\n      0\n"); // an output of the stack
    const rows = ["-r", "5.1,3.5,1.4,0.2", "-r", "6.7,3.0,5.2,2.3", "--batch-size", "1"];
    assert.equal(await ok("invoke", "iris", ...rows), "predict\n      0\n      2\n");
  });

  it("stop ends the server, until `up` starts it again", async () => {
    assert.equal(await ok("stop", "iris"), "iris: stopped\n");
    assert.deepEqual(JSON.parse(await ok("stop", "iris", "--json")), { models: [{ name: "iris", stopped: false }] });
    assert.equal((await modelserve(stack, "status")).code, 2);
    assert.match(await fails("invoke", "iris", "--row", "1,2,3,4"), /Nothing listens at/);
    await stack.up();
    assert.deepEqual(await predictions((await stack.outputs()).url, expected, "flowers"), expected.predictions);
  });

  it("serve serves a file until it is interrupted, and leaves nothing", async () => {
    const serving = serve();
    const ended = once(serving, "exit");
    let printed = "";
    serving.stdout.on("data", (data) => {
      printed += data;
    });
    await until(() => printed.endsWith("\n") || serving.exitCode !== null);
    const served = JSON.parse(printed);
    assert.equal(served.kind, "sklearnserve");
    assert.deepEqual(await predictions(served.url, expected, "mine"), expected.predictions);
    serving.kill("SIGINT");
    assert.deepEqual(await ended, [0, null]);
    await assert.rejects(predictions(served.url, expected, "mine"), /Nothing listens/);
    assert.throws(() => readFileSync(served.log), /ENOENT/);
  });

  it("serve leaves no server when it is interrupted twice, or nobody reads what it prints", async () => {
    const servers = () => stack.processes().filter((pid) => pid !== serving.pid && pid !== stackServer).length;
    const { process: started } = await stack.server();
    const stackServer: number = started.pid;

    let serving = serve();
    let ended = once(serving, "exit");
    serving.stdout.once("data", () => {
      serving.kill("SIGINT");
      serving.kill("SIGINT");
    });
    assert.deepEqual(await ended, [0, null]);
    assert.equal(servers(), 0);

    serving = serve();
    ended = once(serving, "exit");
    serving.stdout.destroy();
    await ended;
    await until(async () => servers() === 0);
  });

  it("serve ends the server of another serve that was killed, and removes logs that are a day old", async () => {
    const killed = serve();
    const { log } = JSON.parse(String((await once(killed.stdout, "data"))[0]));
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const server = basename(dirname(log));
    assert.notDeepEqual(processesOf(server), []);
    const old = join(stack.cache, "servers", server.replace(/-[0-9a-f]+$/, "-0"));
    cpSync(dirname(log), old, { recursive: true });
    utimesSync(join(old, "server.log"), 0, 0);
    await fails("serve", "broken.pkl");
    assert.deepEqual(processesOf(server), []);
    assert.deepEqual([existsSync(log), existsSync(old)], [true, false]);
  });

  it("says that its output cannot be written", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const { code, stderr } = await run("sh", ["-c", `"${process.execPath}" "${MAIN}" doctor --json > /dev/full`], {
      env: stack.env,
    });
    assert.deepEqual(
      [code, stderr],
      [1, "modelserve: what it has to say cannot be written: ENOSPC: no space left on device, write\n"],
    );
  });

  it("serve says what is wrong with a model, or with all of its options", async () => {
    assert.match(await fails("serve", "nothing.pkl"), /"nothing\.pkl" does not exist/);
    assert.match(await fails("serve", "rows.csv"), /do not tell\. Say it by --kind/);
    assert.match(
      await fails("serve", "model.pkl", "-n", "a/b", "-p", "99999"),
      /--name: .*\n {2}--port: 99999 is not a port/,
    );
    assert.match(await fails("serve", "broken.pkl"), /ended before its model was ready: ValueError: invalid literal/);
  });

  it("convert makes a program of definitions, or says what cannot be converted", async () => {
    const definitions = join(ROOT, "test", "digitalhub", "definitions");
    const said = await fails("convert", join(definitions, "project-0.15.json"));
    assert.match(said, /diabetes: function\.spec\.path: .*Say it by `--resolve KEY=PATH`/);
    await ok("convert", join(definitions, "function-0.10.yaml"), "-o", "converted.ts");
    assert.match(await fails("convert", "nothing.yaml", "-o", "converted.ts"), /is there already/);
    const program = readFileSync(join(stack.folder, "converted.ts"), "utf8");
    assert.match(program, /export const iris = new ModelServe\("iris", \{\n {2}kind: "sklearnserve",\n {2}path: "s3:/);
    const key = "store://medicine/model/mlflow/diabetes:1";
    const yaml = await ok(
      "convert",
      join(definitions, "project-0.15.json"),
      "--yaml",
      "--resolve",
      `${key}=s3://models/d/`,
    );
    assert.match(yaml, /diabetes-2:\n {4}type: modelserve:ModelServe/);
    const odd = {
      kind: "sklearnserve",
      name: "default",
      metadata: { description: "${HOME}" },
      spec: { path: "s3://m/x" },
    };
    writeFileSync(
      join(stack.folder, "odd.json"),
      JSON.stringify([odd, { ...odd, name: "a-1" }, { ...odd, name: "a1" }]),
    );
    const named = { kind: "sklearnserve", name: "iris", spec: { path: "s3://m/iris.pkl", model_name: "bad name!" } };
    writeFileSync(join(stack.folder, "named.json"), JSON.stringify(named));
    const { code, stderr } = await modelserve(stack, "convert", "named.json", "--resolve", "store://p/model/x=s3://x");
    assert.equal(code, 0);
    assert.match(
      stderr,
      /--resolve store:\/\/p\/model\/x: no path .*\n.*iris: to be corrected: modelName: "bad name!"/,
    );
    const constants = [...(await ok("convert", "odd.json")).matchAll(/export const (\w+) /g)].map(([, name]) => name);
    assert.deepEqual(constants, ["defaultModel", "a_1", "a1"]);
    assert.match(await ok("convert", "odd.json", "--yaml"), /description: \$\$\{HOME\}/);
    const { models } = JSON.parse(await ok("convert", join(definitions, "function-0.10.yaml"), "--json"));
    assert(models[0].notes.every(({ field, text }: { field: string; text: string }) => field && text));
  });

  it("starts without Pulumi's SDK, which takes half a second to load", async () => {
    const script = `process.argv = ["node", "modelserve", "--version"];
      process.on("exit", () => console.log(Object.keys(require.cache).filter((file) => file.includes("/@pulumi/"))));
      require(${JSON.stringify(MAIN)});`;
    const { stdout } = await run(process.execPath, ["-e", script], { cwd: stack.folder });
    assert.match(stdout, /^\d+\.\d+\.\d+\n\[\]\n$/);
  });

  it("doctor finds what is here, and says how to get what is not", async () => {
    const { checks } = JSON.parse(await ok("doctor", "--json"));
    const states = Object.fromEntries(checks.map(({ name, state }: { name: string; state: string }) => [name, state]));
    assert.deepEqual([states.Pulumi, states["uv, for models on this machine"]], ["ok", "ok"]);
    const env = { ...stack.env, PATH: "/usr/bin:/bin" };
    const { code, stdout } = await run(process.execPath, [MAIN, "doctor"], { env });
    assert.equal(code, 1);
    assert.match(stdout, /MISSING Pulumi: `pulumi` is not on PATH\n +Install it: https/);
  });
});
