import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choosePorts } from "../../src/local/ports";
import { servingPlan } from "../../src/serving/plan";
import { settingsFiles } from "../../src/serving/settings";
import { testPython, train } from "../models";
import { until } from "../until";

const SERVE = join(__dirname, "..", "..", "src", "kubernetes", "serve.py");

describe("the server of a pod", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "modelserve-serve-"));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server: ChildProcess;
  let url: string;

  before(async () => {
    const model = join(folder, "model.pkl");
    await train("iris", model);
    const ports = await choosePorts("serve-test");
    const plan = servingPlan(
      { kind: "sklearnserve", modelName: "iris" },
      { requirements: [], modules: [], light: true },
    );
    const place = { host: "127.0.0.1", http_port: ports.http, grpc_port: ports.grpc, metrics_port: ports.metrics };
    for (const [name, text] of Object.entries(settingsFiles(plan, { uri: model, server: place })))
      writeFileSync(join(folder, name), text);
    server = spawn(await testPython(), [SERVE, folder], { cwd: folder, stdio: "ignore" });
    url = `http://127.0.0.1:${ports.http}${plan.readyPath}`;
    await until(async () => (await answer().catch(() => undefined))?.statusCode === 200);
  });
  after(async () => {
    agent.destroy();
    if (server.exitCode === null) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true });
  });

  const answer = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent }, (response) => response.resume().on("end", () => resolve(response))).on("error", reject);
    });

  it("keeps connections, until it is told to part: then it closes each after its answer", async () => {
    const socketOf = async () => (await answer()).socket;
    assert.equal(await socketOf(), await socketOf());
    server.kill("SIGUSR1");
    await until(async () => (await answer()).headers.connection === "close");
    const { statusCode, headers } = await answer();
    assert.deepEqual([statusCode, headers.connection], [200, "close"]);
    assert.notEqual(await socketOf(), await socketOf());
  });

  it("ends as MLServer does", async () => {
    server.kill("SIGTERM");
    const [code] = await once(server, "exit");
    assert.equal(code, 0);
  });
});
