import { checkPath, checkValue, type Problem } from "../check";
import { checkSmokeTest } from "../checkSmokeTest";
import { digest } from "../digest";
import type { HuggingfaceArgs } from "../huggingface/args";
import { isUnknown, UNKNOWN } from "../provider";
import { show } from "../rules";
import { V2_ALONE } from "../serving/apis";
import { Kind } from "../serving/kind";
import { servingPlan } from "../serving/plan";
import { checkServerSettings } from "../serving/serverSettings";
import { settingsDigest } from "../serving/settings";
import type { Sample } from "../serving/smokeTest";
import { readArtifact } from "../source/artifact";
import { huggingfaceTask } from "../source/huggingfaceTask";
import { bootId, machineId } from "./machine";
import { readPickle } from "./pickleReader";
import { choosePorts, claimPort, isFree, type Ports } from "./ports";
import { isRunning } from "./process";
import { readRecord, recordKey, type ServerRecord } from "./record";

/** What the component hands to its local server; every value may still be unknown in a preview. */
export interface ServerInputs {
  /** URN of the component, which tells servers of one machine apart. */
  component: string;
  kind: Kind;
  path: string;
  modelName: string;
  modelVersion?: string;
  implementation?: string;
  sha256?: string;
  port?: number;
  envs?: { name: string; value: string }[];
  extraRequirements?: string[];
  packageIndex?: string;
  allowVersionSkew: boolean;
  serverSettings?: Record<string, unknown>;
  huggingface?: HuggingfaceArgs;
  /** What a new server must answer right, if anything. */
  sample?: Sample;
  /** Whether the server is to be down, its ports kept in mind. */
  stopped: boolean;
  timeoutSeconds: number;
  drainSeconds: number;
}

/** The inputs with what `check` found, each a line of its own in a preview. */
export interface CheckedInputs extends ServerInputs {
  modelDigest: string;
  settingsDigest: string;
  requirements: string[];
  ports: Ports;
  /** The machine on which the server runs. */
  machine: string;
  /** Why the server was started again, the last time that it was. */
  restart?: string;
}

const MINE = ["modelDigest", "settingsDigest", "requirements", "ports", "machine", "restart"];

/**
 * Checks the inputs of a local server and adds what a preview should show: digests of model and settings, requirements,
 * ports, and whether the server must be started again since it ended or ran on another machine.
 *
 * @param olds the checked inputs of the last update; empty for a new resource.
 */
export async function checkInputs(
  olds: Partial<CheckedInputs>,
  news: ServerInputs,
): Promise<{ inputs: CheckedInputs; failures: Failure[] }> {
  const inputs = Object.fromEntries(
    Object.entries(news).filter(([name]) => !MINE.includes(name)),
  ) as unknown as ServerInputs;
  const found: Problem[] = Object.entries(inputs).flatMap(([name, value]) =>
    isUnknown(value) ? [] : checkValue(ARGUMENTS[name] ?? name, value),
  );
  found.push(...(await checkPort(inputs)));
  if (!isUnknown(inputs.path)) found.push(...checkPath(inputs.kind, inputs.path));
  if (!isUnknown(inputs.serverSettings)) found.push(...checkServerSettings(inputs.serverSettings ?? {}));
  if (!isUnknown(inputs.sample)) found.push(...checkSmokeTest(inputs.sample, V2_ALONE));
  const model =
    found.length > 0
      ? {}
      : await modelInputs(inputs).catch(
          (error: Error) => found.push({ argument: "path", reason: error.message }) && {},
        );
  const checked = { ...inputs, ...model, ...(await placeInputs(olds, inputs)) } as CheckedInputs;
  return { inputs: checked, failures: found.map(({ argument, reason }) => ({ property: argument, reason })) };
}

export interface Failure {
  property: string;
  reason: string;
}

/** Arguments that the component hands on under another name. */
const ARGUMENTS: Record<string, string> = { extraRequirements: "requirements" };

async function modelInputs(
  inputs: ServerInputs,
): Promise<Pick<CheckedInputs, "modelDigest" | "settingsDigest" | "requirements">> {
  if (isUnknown(inputs.path)) return { modelDigest: UNKNOWN, settingsDigest: UNKNOWN, requirements: UNKNOWN as never };
  const artifact = await readArtifact(inputs.kind, inputs.path, readPickle);
  if (inputs.sha256 && !isUnknown(inputs.sha256) && inputs.sha256.toLowerCase() !== artifact.digest) {
    throw new Error(
      `"${inputs.path}" has the SHA-256 ${artifact.digest}, but \`sha256\` asks for ${inputs.sha256}. Bring back that content, or change \`sha256\`.`,
    );
  }
  const plan = servingPlan(planArgs(inputs), artifact);
  const settingsKnown = !isUnknown(planArgs(inputs));
  return {
    modelDigest: artifact.digest,
    settingsDigest: settingsKnown ? settingsDigest(plan) : UNKNOWN,
    requirements: plan.requirements,
  };
}

/** The arguments of the plan among the inputs. */
export function planArgs(inputs: ServerInputs): Parameters<typeof servingPlan>[0] {
  const { kind, modelName, modelVersion, implementation, serverSettings } = inputs;
  return { kind, modelName, modelVersion, implementation, serverSettings, huggingface: withTask(inputs) };
}

/** The options of a Hugging Face model, with its task, which its files tell where they do not. */
export function withTask(inputs: Pick<ServerInputs, "kind" | "path" | "huggingface">): HuggingfaceArgs | undefined {
  if (inputs.kind !== Kind.HuggingfaceServe || isUnknown(inputs.huggingface)) return inputs.huggingface;
  return { ...inputs.huggingface, task: huggingfaceTask(inputs) };
}

/** Names what a server serves, and where: by values that are in the state in clear, and so may be in a record. */
export function served({ modelDigest, settingsDigest, requirements, ports }: CheckedInputs): string {
  return digest({ modelDigest, settingsDigest, requirements, ports });
}

/** Another model of the program cannot have the same port. */
async function checkPort({ component, port, modelName, stopped }: ServerInputs): Promise<Problem[]> {
  if (port === undefined || isUnknown({ component, port, modelName }) || stopped) return [];
  const other = claimPort(port, await recordKey(component), modelName);
  if (other === undefined) return [];
  const reason = `${port} is that of model ${show(other)} of this program as well. Give each its own, or none: then one is chosen.`;
  return [{ argument: "port", reason }];
}

async function placeInputs(
  olds: Partial<CheckedInputs>,
  inputs: ServerInputs,
): Promise<Pick<CheckedInputs, "ports" | "machine" | "restart">> {
  const machine = machineId();
  const key = isUnknown(inputs.component) ? "" : await recordKey(inputs.component);
  const record = await readRecord(key);
  const looks = olds.machine === machine && (olds.stopped || !inputs.stopped); // one that is to be down now may have ended
  const end = looks ? endOfServer(record, olds as CheckedInputs) : undefined;
  const restart = end !== undefined && end === olds.restart ? `${end}, again` : (end ?? olds.restart);
  const held: number[] = record && isRunning(record) ? Object.values(record.ports) : [];
  return { machine, ports: await ports(key, inputs.port, olds, held), restart };
}

/** Why the server that this machine knows is not the one that the state has, or is no longer there; nothing when all is well. */
function endOfServer(record: ServerRecord | undefined, olds: CheckedInputs): string | undefined {
  if (olds.stopped)
    return record && isRunning(record) ? `process ${record.pid} is left of an update that was cut off` : undefined;
  if (!record) return "this machine has no record of its process";
  if (record.bootId !== bootId()) return `process ${record.pid} ended when the machine was restarted`;
  if (record.pid === undefined) return "its start was cut off";
  if (!isRunning(record)) return `process ${record.pid} ended`;
  const expected = record.state === "running" && record.serves === served(olds);
  return expected ? undefined : `process ${record.pid} is left of an update that was cut off`;
}

/** The old ports as long as they can be had, so that the URL stays: `held` are those of this machine's own server. */
async function ports(
  key: string,
  http: number | undefined,
  olds: Partial<CheckedInputs>,
  held: number[],
): Promise<Ports> {
  if (isUnknown(http)) return UNKNOWN as never;
  const wanted = olds.ports && { ...olds.ports, http: http ?? (await unlessGiven(key, olds.port, olds.ports.http)) };
  if (wanted && new Set(Object.values(wanted)).size === 3) {
    const mine = http === undefined ? Object.values(wanted) : [wanted.grpc, wanted.metrics];
    const free = await Promise.all(mine.map(async (port) => held.includes(port) || (await isFree(port))));
    if (free.every(Boolean)) return wanted;
  }
  return choosePorts(key, http);
}

/** The last HTTP port, unless it was given by `port`, which is gone: then one is chosen. */
async function unlessGiven(key: string, given: number | undefined, last: number): Promise<number> {
  return given === undefined ? last : (await choosePorts(key)).http;
}
