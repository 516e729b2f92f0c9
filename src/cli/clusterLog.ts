import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { Cluster } from "../readiness/cluster";
import { reasonOf } from "../readiness/clusterError";
import { type Container, containerLog, followLog, type LogPart } from "../readiness/containerLog";
import { currentRollout } from "../readiness/currentRollout";
import type { V1ContainerStatus, V1Pod } from "../readiness/objects";
import { stageOf } from "../readiness/stage";
import { seen, Unseen } from "../readiness/unseen";
import { EXIT, Failure } from "./exit";
import { type LogLine, type LogOptions, note, printer } from "./logLines";
import type { ClusterPlace } from "./models";
import { clusterOf } from "./stackOptions";

/** Prints the logs of the pods of a model's newest revision. */
export async function clusterLog(model: string, place: ClusterPlace, options: LogOptions): Promise<void> {
  try {
    const cluster = await clusterOf(place, options);
    const containers = await containersOf(model, cluster, place, options);
    await printAll(model, cluster, containers, options);
  } catch (error) {
    if (!(error instanceof Unseen)) throw error;
    const next = "Give another kubeconfig by --kubeconfig or --context; docs/status.md names the rights that it needs.";
    throw new Failure(`The log of model "${model}" is out of sight: ${error.message}.\n${next}`, EXIT.unseen);
  }
}

/** The containers whose logs are wanted, by pod. */
async function containersOf(
  model: string,
  cluster: Cluster,
  { target }: ClusterPlace,
  { container }: LogOptions,
): Promise<Container[]> {
  const { namespace, deployment } = target;
  const found = await currentRollout(cluster, target);
  if (!found) throw new Unseen(`there is no Deployment ${namespace}/${deployment} that Pulumi made`);
  const { pods } = found.rollout;
  const known = pods.flatMap(({ spec }) => [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]);
  const names = [...new Set(known.map(({ name }) => name))];
  if (container !== undefined && pods.length > 0 && !names.includes(container))
    throw new Failure(`--container "${container}": the pods have no such container. They have ${names.join(", ")}.`);
  const chosen = pods.map((pod) => ({ pod, container: container ?? furthest(pod) }));
  for (const { pod, container } of chosen)
    if (container === undefined) note(`pod ${pod.metadata?.name} has no log yet: it is ${stageOf(pod)}`);
  const containers = chosen
    .map(({ pod, container = "" }) => ({ namespace, pod: pod.metadata?.name ?? "", container }))
    .filter(({ container }) => container !== "")
    .sort((a, b) => (a.pod < b.pod ? -1 : 1));
  if (containers.length > 0) return containers;
  const why = pods.length === 0 ? "has no pods" : "has started no container";
  throw new Failure(`The newest revision of model "${model}" ${why}: \`modelserve status ${model}\` says why.`);
}

/** The container of a pod that got the furthest: the server, or the init container that failed or is at work. */
function furthest({ status = {} }: V1Pod): string | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = status;
  const servers = containerStatuses.filter(({ name }) => name === "server"); // others were put beside it
  return [...initContainerStatuses, ...servers].findLast(hasRun)?.name;
}

function hasRun({ state, lastState }: V1ContainerStatus): boolean {
  return Boolean(state?.running ?? state?.terminated ?? lastState?.terminated);
}

async function printAll(model: string, cluster: Cluster, containers: Container[], options: LogOptions): Promise<void> {
  const print = printer(options, containers.length > 1);
  const logs = await Promise.all(
    containers.map(async (container) => ({ container, log: await opened(cluster, container, options) })),
  );
  const missing = logs.flatMap(({ log }) => (typeof log === "string" ? [log] : []));
  if (missing.length === logs.length) throw new Failure(`Model "${model}" has no such log: ${missing.join("; ")}.`);
  for (const reason of missing) note(reason);
  const printed = logs.map(({ container: { pod, container }, log }) => async () => {
    if (typeof log === "string") return;
    for await (const line of createInterface({ input: log })) print(lineOf({ model, pod, container, line }, options));
  });
  if (options.follow) await Promise.all(printed.map((print) => print()));
  else for (const print of printed) await print();
}

/** A container's log, or why there is none. */
async function opened(cluster: Cluster, container: Container, options: LogOptions): Promise<Readable | string> {
  const { previous, tail: tailLines, json: timestamps, follow } = options;
  const part: LogPart = { previous, tailLines, timestamps };
  const log: Promise<Readable | string> = follow
    ? followLog(cluster, container, part)
    : containerLog(cluster, container, part).then((text) => Readable.from([text]));
  const known = log.catch((error) => {
    if (error.code === 400) return reasonOf(error); // it has not started, or not been restarted
    throw error;
  });
  return (await seen(cluster, "get pods/log", known)) ?? `pod ${container.pod} is gone`;
}

/** With `--json`, each line begins with its time. */
function lineOf(found: LogLine, { json }: LogOptions): LogLine {
  const [, time, line] = json ? (/^(\S+) (.*)$/s.exec(found.line) ?? []) : [];
  return time === undefined || line === undefined ? found : { ...found, time, line };
}
