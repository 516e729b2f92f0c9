import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { MARK, processesOf, stopProcesses } from "../../src/local/process";
import { until } from "../until";

describe("the processes of a server", () => {
  let server: string;
  beforeEach(() => {
    server = `test-${randomUUID()}`;
  });
  afterEach(() => stopProcesses(server, 0));

  /** Starts a shell in a process group of its own, as a server is, and waits until it says that it is there. */
  async function start(script: string): Promise<ChildProcess> {
    const child = spawn("sh", ["-c", `${script}\necho there\nwhile :; do sleep 1; done`], {
      detached: true,
      env: { ...process.env, [MARK]: server },
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    return child;
  }

  it("are found by their mark, children included, and not those of another server", async () => {
    const { pid } = await start("sleep 100 &");
    const found = processesOf(server);
    assert.ok(found.length >= 2 && found.some((process) => process.pid === pid));
    assert.ok(found.every(({ group }) => group === pid));
    assert.deepEqual(processesOf(`${server}-other`), []);
  });

  it("end politely, the children with them", async () => {
    const child = await start("sleep 100 &");
    await stopProcesses(server, 60);
    assert.deepEqual(processesOf(server), []);
    await until(() => child.signalCode !== null);
    assert.equal(child.signalCode, "SIGTERM");
  });

  it("are killed when they do not end politely in time", async () => {
    const child = await start('trap "" TERM');
    await stopProcesses(server, 0.2);
    assert.deepEqual(processesOf(server), []);
    await until(() => child.signalCode !== null);
    assert.equal(child.signalCode, "SIGKILL");
  });

  it("end also when the first of them, which the state names, is dead", async () => {
    const child = await start("sleep 100 &");
    child.kill("SIGKILL");
    await until(() => child.signalCode !== null);
    assert.ok(processesOf(server).length > 0);
    await stopProcesses(server, 60);
    assert.deepEqual(processesOf(server), []);
  });
});
