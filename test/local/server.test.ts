import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, machineId } from "../../src/local/machine";
import { MARK, stopProcesses } from "../../src/local/process";
import { recordKey } from "../../src/local/record";
import * as server from "../../src/local/server";
import { type CheckedInputs, type ServerInputs, served } from "../../src/local/serverInputs";
import { UNKNOWN } from "../../src/provider";

const URN = "urn:pulumi:test::test::modelserve:index:ModelServe::iris";
const ID = "test-server";
const PORTS = { http: 20100, grpc: 20101, metrics: 20102 };

describe("the provider of local servers", () => {
  let folder: string;
  const cacheBefore = process.env.MODELSERVE_CACHE;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "modelserve-server-"));
    process.env.MODELSERVE_CACHE = folder;
    mkdirSync(join(folder, "model"));
    writeFileSync(
      join(folder, "model", "MLmodel"),
      "flavors: { python_function: { loader_module: mlflow.sklearn } }\n",
    );
    writeFileSync(join(folder, "model", "requirements.txt"), "mlflow==2.19.0\n");
  });
  afterEach(async () => {
    await stopProcesses(ID, 0);
    if (cacheBefore === undefined) delete process.env.MODELSERVE_CACHE;
    else process.env.MODELSERVE_CACHE = cacheBefore;
    rmSync(folder, { recursive: true });
  });

  function inputs(change: Partial<Record<keyof ServerInputs, unknown>> = {}): ServerInputs {
    return {
      component: URN,
      kind: "mlflowserve",
      path: join(folder, "model"),
      modelName: "iris",
      allowVersionSkew: false,
      stopped: false,
      timeoutSeconds: 60,
      drainSeconds: 1,
      ...change,
    } as ServerInputs;
  }

  /** The state after an up on this machine. */
  async function deployed(): Promise<server.ServerOutputs> {
    const { inputs: checked } = await server.check({}, inputs());
    const started = { server: ID, pid: 4711, bootId: bootId(), log: "log" };
    return { ...checked, ports: PORTS, state: "running", process: started };
  }

  async function record(olds: CheckedInputs, change: Record<string, unknown> = {}): Promise<void> {
    mkdirSync(join(folder, "servers"), { recursive: true });
    const text = JSON.stringify({
      server: ID,
      state: "running",
      pid: 4711,
      bootId: bootId(),
      serves: served(olds),
      ports: olds.ports,
      ...change,
    });
    writeFileSync(join(folder, "servers", `${await recordKey(URN)}.json`), text);
  }

  async function restart(olds: CheckedInputs): Promise<string | undefined> {
    return (await server.check(olds, inputs())).inputs.restart;
  }

  it("says in a preview why the server must be started again", async () => {
    const olds = await deployed();
    assert.equal(await restart(olds), "this machine has no record of its process");
    await record(olds);
    assert.equal(await restart(olds), "process 4711 ended");
    await record(olds, { bootId: "another boot" });
    assert.equal(await restart(olds), "process 4711 ended when the machine was restarted");
  });

  it("keeps the last reason while the server runs, so that nothing changes", async () => {
    const olds = { ...(await deployed()), restart: "process 1 ended" };
    const child = spawn("sleep", ["100"], { env: { ...process.env, [MARK]: ID }, detached: true });
    await record(olds, { pid: child.pid });
    const { inputs: checked, failures } = await server.check(olds, inputs());
    assert.deepEqual(failures, []);
    assert.deepEqual([checked.restart, checked.ports], ["process 1 ended", PORTS]);
    const started = { server: ID, pid: child.pid as number, bootId: bootId(), log: "log" };
    assert.deepEqual(await server.diff(ID, { ...olds, process: started }, checked), { changes: false, replaces: [] });
  });

  it("says nothing of a server that ended and is to be down", async () => {
    const { restart: why } = (await server.check(await deployed(), { ...inputs(), stopped: true })).inputs;
    assert.equal(why, undefined);
  });

  it("tells a second end from the first, also when its words are the same", async () => {
    const olds = { ...(await deployed()), restart: "this machine has no record of its process" };
    assert.equal(await restart(olds), "this machine has no record of its process, again");
    assert.equal(await restart({ ...olds, restart: "this machine has no record of its process, again" }), olds.restart);
  });

  it("takes the server of an update that was cut off for none", async () => {
    const olds = await deployed();
    const child = spawn("sleep", ["100"], { env: { ...process.env, [MARK]: ID }, detached: true });
    const left = `process ${child.pid} is left of an update that was cut off`;
    await record({ ...olds, modelDigest: "another" }, { pid: child.pid });
    assert.equal(await restart(olds), left);
    await record(olds, { pid: child.pid, state: "starting" });
    assert.equal(await restart(olds), left);
    assert.equal(await restart({ ...olds, stopped: true }), left);
    await record(olds, { pid: undefined, state: "starting" });
    assert.equal(await restart(olds), "its start was cut off");
  });

  it("gives up a port that is no longer asked for, and keeps those that it chose", async () => {
    const olds = { ...(await deployed()), port: 18080, ports: { ...PORTS, http: 18080 } };
    const { ports } = (await server.check(olds, inputs())).inputs;
    assert.ok(ports.http >= 20000 && ports.http < 30000);
    assert.deepEqual([ports.grpc, ports.metrics], [PORTS.grpc, PORTS.metrics]);
  });

  it("takes a process of another program that has got the pid for no server", async () => {
    const olds = await deployed();
    const other = { ...olds, process: { ...(olds.process as server.ServerProcess), pid: process.pid } };
    assert.equal((await server.read(ID, other)).props.state, "stopped");
    await record(olds, { pid: process.pid });
    assert.equal(await restart(olds), `process ${process.pid} ended`);
  });

  it("changes nothing on a refresh on another machine, and says so when it would move", async () => {
    const elsewhere = { ...(await deployed()), machine: "elsewhere" };
    assert.deepEqual((await server.read(ID, elsewhere)).props, elsewhere);
    const { inputs: checked } = await server.check(elsewhere, inputs());
    assert.deepEqual([checked.machine, checked.restart], [machineId(), undefined]);
    assert.equal((await server.diff(ID, elsewhere, checked)).changes, true);
  });

  it("takes values that are not known yet as unknown, and as a change", async () => {
    const { inputs: checked, failures } = await server.check({}, inputs({ path: UNKNOWN, port: UNKNOWN }));
    assert.deepEqual(failures, []);
    const { modelDigest, settingsDigest, requirements, ports } = checked;
    assert.deepEqual([modelDigest, settingsDigest, requirements, ports], Array(4).fill(UNKNOWN));
    assert.equal((await server.diff(ID, await deployed(), checked)).changes, true);
    const named = (await server.check({}, inputs({ modelName: UNKNOWN }))).inputs;
    assert.equal(named.settingsDigest, UNKNOWN);
    assert.match(named.modelDigest, /^[0-9a-f]{64}$/);
  });

  it("sees a change of content, settings and requirements apart, and none in a moved model", async () => {
    const olds = await deployed();
    const changed = async (change: Partial<Record<keyof ServerInputs, unknown>>) => {
      const { inputs: news } = await server.check(olds, inputs(change));
      return (["modelDigest", "settingsDigest", "requirements"] as const).filter(
        (name) => JSON.stringify(news[name]) !== JSON.stringify(olds[name]),
      );
    };
    assert.deepEqual(await changed({}), []);
    assert.deepEqual(await changed({ serverSettings: { gzip_enabled: false } }), ["settingsDigest"]);
    const { inputs: extra } = await server.check(olds, inputs({ extraRequirements: ["xgboost==2.1.2"] }));
    assert.deepEqual([extra.requirements, extra.extraRequirements], [olds.requirements, ["xgboost==2.1.2"]]);
    assert.equal((await server.diff(ID, olds, { ...extra, ports: olds.ports })).changes, true);
    cpSync(join(folder, "model"), join(folder, "moved"), { recursive: true });
    assert.deepEqual(await changed({ path: join(folder, "moved") }), []);
    writeFileSync(join(folder, "model", "model.pkl"), "another");
    assert.deepEqual(await changed({}), ["modelDigest"]);
  });
});
