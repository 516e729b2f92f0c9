import { differs, method, warn } from "../provider";
import { type Access, Cluster } from "./cluster";
import { reasonOf } from "./clusterError";
import { currentRollout } from "./currentRollout";
import { display } from "./display";
import { scale } from "./scale";
import { redo, UNDONE, undo } from "./undo";
import { type Serving, untilServing, type Wanted } from "./wait";

/** What the component hands to its readiness. */
export interface ReadinessInputs extends Wanted, Access {
  /** URN of the component, under which progress is shown. */
  component: string;
  /** Digest of the pod template that was applied. */
  template: string;
  /** Pods that are wanted, unless an autoscaler, or somebody else, decides on it. */
  replicas?: number;
  /** Whether the model is taken out of service: no pods are wanted. */
  stopped?: boolean;
  /** Of a stopped model: pods with which it is taken into service again, where their number is not Pulumi's to set, and it had none before. */
  resumeWith?: number;
  /** What becomes of pods that do not serve: they are kept, unless this is `undo`. */
  onFailure?: string;
}

/** What is known of a model after it was waited for. */
export interface ReadinessOutputs extends ReadinessInputs {
  /** Whether what was applied serves, as far as it is known. */
  serving: boolean | "unknown";
  /** Host name or IP address of the load balancer, if one was waited for. */
  address?: string;
  /** The ReplicaSet that served last. */
  replicaSet?: string;
  /** Pods that a stopped model had, where their number is not Pulumi's to set. */
  parked?: number;
}

// The methods of the dynamic provider. `modelserve/readiness/waiter` is loaded by name from the state of deployed stacks, so
// its place and these names stay.
export const diff = method(compare);
export const create = (inputs: ReadinessInputs) => wait(idOf(inputs), inputs);
export const update = (id: string, olds: ReadinessOutputs, news: ReadinessInputs) => wait(id, news, olds);
export const read = method(look);

/** Inputs for whose change is waited. How the cluster is reached, and how long is waited, are none. */
const REASONS = ["namespace", "deployment", "uid", "template", "loadBalancer"] as const;

async function compare(_id: string, olds: ReadinessOutputs, news: ReadinessInputs): Promise<{ changes: boolean }> {
  const scaled = news.replicas !== undefined && differs(olds.replicas, news.replicas); // others may scale from now on
  const turned = (olds.stopped ?? false) !== (news.stopped ?? false);
  return {
    changes: olds.serving === false || scaled || turned || REASONS.some((name) => differs(olds[name], news[name])),
  };
}

function idOf({ namespace, deployment }: ReadinessInputs): string {
  return `${namespace}/${deployment}`;
}

/** A model that does not serve is kept in the state as such, so that the next update waits again. */
async function wait(id: string, news: ReadinessInputs, olds?: ReadinessOutputs) {
  const { address: _, serving: __, replicaSet: ___, parked: ____, ...inputs } = news as ReadinessOutputs;
  const kept: Pick<ReadinessOutputs, "parked"> = {};
  const outs = (more: Pick<ReadinessOutputs, "serving"> & Partial<Omit<Serving, "strays">>) => ({
    ...inputs,
    ...kept,
    ...more,
  });
  const show = display(inputs.component);
  const report = (line: string) => show(`${line} ${HINT}`);
  try {
    const applied = olds?.serving === false ? await redo(await Cluster.at(inputs), inputs) : inputs.generation;
    const { generation, ...before } = await stopOrResume({ ...inputs, generation: applied }, olds);
    Object.assign(kept, before);
    const { address, replicaSet, strays } = await untilServing(inputs, { ...inputs, generation }, report);
    for (const stray of strays) warn(strayText(inputs.namespace, stray));
    return { id, outs: outs({ serving: true, replicaSet, ...(address === undefined ? {} : { address }) }) };
  } catch (error) {
    const served = olds?.replicaSet;
    const undone = inputs.onFailure === "undo" ? [await goBack(inputs, served, report)] : [];
    const properties = outs({ serving: false, ...(served === undefined ? {} : { replicaSet: served }) });
    const reasons = [reasonOf(error), ...undone];
    throw Object.assign(new Error("the model does not serve"), { id, properties, reasons });
  }
}

/**
 * Takes the pods of a stopped model away, and brings them back, where their number is an autoscaler's or somebody else's:
 * Pulumi leaves it alone there. An autoscaler rests while there are none.
 */
async function stopOrResume(
  inputs: ReadinessInputs,
  olds: ReadinessOutputs | undefined,
): Promise<{ generation: number; parked?: number }> {
  const { generation, stopped = false, replicas } = inputs;
  const back = olds?.stopped ? (olds.parked ?? olds.resumeWith) : undefined;
  const wanted = stopped ? 0 : back;
  if (replicas !== undefined || wanted === undefined) return { generation };
  const scaled = await scale(await Cluster.at(inputs), inputs, wanted);
  const parked = scaled.before || olds?.parked;
  return { generation: Math.max(generation, scaled.generation), ...(stopped && parked ? { parked } : {}) };
}

/** Pulumi lets a step that has begun end, unless it is interrupted a second time. */
const HINT = "(Ctrl-C ends the update after this wait, a second one ends it now)";

/** An update that was killed right after it had made a Deployment does not know of it any more. */
function strayText(namespace: string, name: string): string {
  return `calls of the model reach the pods of Deployment ${name}, too. Unless you know it, it is left of an update that was killed: kubectl --namespace ${namespace} delete deployment ${name}`;
}

/** Goes back to the pods that served last. Returns what became of it, for people. */
async function goBack(inputs: ReadinessInputs, served: string | undefined, report: (line: string) => void) {
  try {
    const { generation, replicaSet } = await undo(await Cluster.at(inputs), inputs, served);
    const back = { ...inputs, generation, loadBalancer: undefined };
    await untilServing(inputs, back, (line) => report(`going back: ${line}`));
    return `Went back to the pods that served before (ReplicaSet ${replicaSet}), as \`onFailure: undo\` says. They serve. The next update takes the new ones up again.`;
  } catch (error) {
    return `Could not go back to the pods that served before, as \`onFailure: undo\` says: ${reasonOf(error)}`;
  }
}

/** Whether the model serves now. Never fails: what cannot be seen is unknown, and a model that is gone does not serve. */
async function look(id: string, props: ReadinessOutputs): Promise<{ id: string; props: ReadinessOutputs }> {
  return { id, props: { ...props, serving: await isServing(props).catch(() => "unknown" as const) } };
}

/** Whether pods of what was applied serve, and none of before are left. */
async function isServing(props: ReadinessOutputs): Promise<boolean> {
  const found = await currentRollout(await Cluster.at(props), props);
  if (!found || found.deployment.metadata?.annotations?.[UNDONE]) return false;
  const { serving, old, done } = found.rollout;
  if (props.stopped) return done;
  return serving.length > 0 && old.length === 0;
}
