import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { differs, method, say, warn } from "../provider";
import { flavours, type ServingPlan, servingPlan } from "../serving/plan";
import { readArtifact } from "../source/artifact";
import { exists } from "./cache";
import { pythonEnvironment } from "./environment";
import { bootId, machineId } from "./machine";
import { launch, untilReady } from "./mlserver";
import { readPickle } from "./pickleReader";
import { choosePorts, refuseTaken } from "./ports";
import { isRunning, processesOf, stopProcesses } from "./process";
import { logFile, readRecord, recordKey, removeRecord, serverFolder, writeRecord } from "./record";
import { type CheckedInputs, checkInputs, planArgs, served } from "./serverInputs";
import { askSample } from "./smokeTest";

/** What is known of a started server. */
export interface ServerOutputs extends CheckedInputs {
  state: "running" | "stopped";
  /** The process, unless the server is to be down. */
  process?: ServerProcess;
}

export interface ServerProcess {
  /** Marks the server's processes and names its folder. */
  server: string;
  /** Of the process group's leader. */
  pid: number;
  bootId: string;
  /** Its log file on its machine. */
  log: string;
}

// The methods of the dynamic provider. `modelserve/local/server` is loaded by name from the state of deployed stacks, so
// its place and these names stay.
export const check = method(checkInputs);
export const diff = method(compare);
export const create = method(startFirst);
export const read = method(look);
export const update = method(replace);
const remove = method(forget);

export { remove as delete };

/** Inputs whose change needs a new process. A moved model with the same content does not. */
const RESTARTS = [
  "kind",
  "modelName",
  "modelDigest",
  "settingsDigest",
  "requirements",
  "extraRequirements",
  "envs",
  "ports",
  "machine",
  "restart",
  "stopped",
] as const;

/** Whether an update has anything to do: inputs changed, or a refresh found the server down. Unknown values count as changed. */
async function compare(
  id: string,
  olds: ServerOutputs,
  news: CheckedInputs,
): Promise<{ changes: boolean; replaces: string[] }> {
  const changed = [...RESTARTS, "drainSeconds" as const, "sample" as const].some((name) =>
    differs(olds[name], news[name]),
  );
  const wrongState = olds.state !== (news.stopped ? "stopped" : "running");
  return { changes: changed || wrongState || (await isCutOff(id, olds)), replaces: [] };
}

/** Whether this machine has a server that is not the state's: an update was cut off before it got into the state. */
async function isCutOff(id: string, olds: ServerOutputs): Promise<boolean> {
  if (olds.machine !== machineId()) return false;
  const [last, rehearsal] = [await readRecord(id), await readRecord(rehearsalOf(id))];
  const rehearses = rehearsal !== undefined && processesOf(rehearsal.server).length > 0;
  return rehearses || (last !== undefined && last.server !== olds.process?.server);
}

/** Starts the server, after ending what an unfinished `create` of the same resource may have left. */
async function startFirst(inputs: CheckedInputs): Promise<{ id: string; outs: ServerOutputs }> {
  const prepared = await prepare(inputs);
  const key = await recordKey(inputs.component);
  await discardAll(key, inputs.drainSeconds);
  return { id: key, outs: await start(key, inputs, prepared) };
}

/** Whether the server still runs, as far as this machine can know. */
async function look(id: string, props: ServerOutputs): Promise<{ id: string; props: ServerOutputs }> {
  if (props.machine !== machineId()) return { id, props };
  return { id, props: { ...props, state: props.process && isRunning(props.process) ? "running" : "stopped" } };
}

/**
 * Replaces the server on the same ports. The new one is first rehearsed on others, so that a model that fails to load
 * fails the update while the old one goes on serving.
 */
async function replace(id: string, olds: ServerOutputs, news: CheckedInputs): Promise<{ outs: ServerOutputs }> {
  const changed = RESTARTS.some((name) => differs(olds[name], news[name]));
  const restarts = changed || olds.state === "stopped" || (await isCutOff(id, olds));
  const prepared = restarts || differs(olds.sample, news.sample) ? await prepare(news) : undefined;
  if (!restarts) {
    if (prepared && olds.process) await askAnew(olds.process, news, prepared);
    return { outs: { ...olds, ...news } };
  }
  const key = await recordKey(news.component);
  await discardLast(rehearsalOf(key), news.drainSeconds);
  if (key !== id) await removeRecord(id); // the program's folder or the resource's name changed since its creation
  if (olds.machine !== news.machine) {
    if (olds.process)
      warn(
        `Model ${news.modelName} is moved to this machine, ${news.machine}. ${mayStillRun(olds.machine, olds.process)}`,
      );
    await discardLast(key, news.drainSeconds);
    return { outs: await start(key, news, prepared) };
  }
  if (prepared && olds.process && isRunning(olds.process)) {
    const held = Object.values(olds.ports);
    await refuseTaken(Object.values(news.ports).filter((port) => !held.includes(port)));
    await rehearse(key, news, prepared);
  }
  if (olds.process) await discard(olds.process.server, olds.drainSeconds);
  await discardLast(key, news.drainSeconds); // also the server of an update that was cut off before it got into the state
  return { outs: await start(key, news, prepared) };
}

/** Asks a server that runs another sample request than that at its start. */
async function askAnew({ server }: ServerProcess, { ports, sample }: CheckedInputs, prepared: Prepared): Promise<void> {
  const missing = sample && (await askSample({ ...prepared, folder: serverFolder(server), ports }, sample));
  if (missing !== undefined) throw new Error(`The new sample request has no right answer: ${missing} (\`smokeTest\`)`);
}

/** Stops the server and removes what it left, or says where it may still run. */
async function forget(
  id: string,
  { component, machine, process, modelName, drainSeconds }: ServerOutputs,
): Promise<void> {
  if (process && machine === machineId()) await discard(process.server, drainSeconds);
  if (process && machine !== machineId()) warn(`Model ${modelName} is forgotten. ${mayStillRun(machine, process)}`);
  for (const key of [id, await recordKey(component)]) await discardAll(key, drainSeconds);
}

function mayStillRun(machine: string, { pid }: ServerProcess): string {
  return `It may still run on ${machine} as process ${pid}, which cannot be reached from here: run \`kill -- -${pid}\` there to stop it.`;
}

async function rehearse(key: string, inputs: CheckedInputs, prepared: Prepared): Promise<void> {
  const rehearsal = rehearsalOf(key);
  await start(rehearsal, { ...inputs, ports: await choosePorts(rehearsal) }, prepared);
  await discardLast(rehearsal, inputs.drainSeconds);
}

function rehearsalOf(key: string): string {
  return `${key}-rehearsal`;
}

/** Ends all that this machine started for a resource, also what a cut-off run left without getting into the state. */
async function discardAll(key: string, drainSeconds: number): Promise<void> {
  await discardLast(key, drainSeconds);
  await discardLast(rehearsalOf(key), drainSeconds);
}

/** Ends the last server that this machine started under a key, and forgets it. */
async function discardLast(key: string, drainSeconds: number): Promise<void> {
  const record = await readRecord(key);
  if (!record) return;
  await discard(record.server, drainSeconds);
  await removeRecord(key);
}

/** What a server is started from. */
interface Prepared {
  plan: ServingPlan;
  /** Absolute path of the model. */
  file: string;
  /** Folder of the Python environment. */
  environment: string;
}

/** Reads the model and makes its Python environment; nothing for a server that is to be down. */
async function prepare(inputs: CheckedInputs): Promise<Prepared | undefined> {
  if (inputs.stopped) return undefined;
  const artifact = await readArtifact(inputs.kind, inputs.path, readPickle);
  if (artifact.digest !== inputs.modelDigest) {
    throw new Error(
      `The model at "${inputs.path}" changed after it was checked (${inputs.modelDigest} => ${artifact.digest}). Run \`pulumi up\` again to see and serve the new one.`,
    );
  }
  const plan = servingPlan(planArgs(inputs), artifact);
  const environment = await pythonEnvironment({
    ...plan,
    extraRequirements: inputs.extraRequirements,
    packageIndex: inputs.packageIndex,
    announce: say,
    skew: inputs.allowVersionSkew ? { tested: flavours[inputs.kind].tested, warn } : undefined,
  });
  return { plan, file: artifact.file, environment };
}

/** Starts a server and waits for its model. One that fails leaves no process, only its folder with the log. */
async function start(key: string, inputs: CheckedInputs, prepared: Prepared | undefined): Promise<ServerOutputs> {
  if (!prepared) return { ...inputs, state: "stopped" };
  const server = `${key}-${randomBytes(4).toString("hex")}`;
  const folder = serverFolder(server);
  const started = { server, bootId: bootId() };
  const record = { ...started, serves: served(inputs), ports: inputs.ports };
  await writeRecord(key, { ...record, state: "starting" });
  try {
    const envs = Object.fromEntries((inputs.envs ?? []).map(({ name, value }) => [name, value]));
    const { ports, sample } = inputs;
    const job = { ...prepared, server, folder, ports, sample, envs };
    const child = await launch(job);
    await writeRecord(key, { ...record, state: "starting", pid: child.pid });
    await untilReady(child, job, inputs.timeoutSeconds);
    const pid = child.pid as number;
    await writeRecord(key, { ...record, state: "running", pid });
    return { ...inputs, state: "running", process: { ...started, pid, log: logFile(folder) } };
  } catch (error) {
    await stopProcesses(server, inputs.drainSeconds);
    if (!(await exists(logFile(folder)))) await discardLast(key, inputs.drainSeconds); // nothing was started
    throw error;
  }
}

/** Ends a server's processes and removes its folder. */
async function discard(server: string, drainSeconds: number): Promise<void> {
  await stopProcesses(server, drainSeconds);
  await rm(serverFolder(server), { recursive: true, force: true });
}
