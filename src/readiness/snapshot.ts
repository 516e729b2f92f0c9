import { lastWords } from "../serving/log";
import { type Cluster, kubernetesClient } from "./cluster";
import { containerLog } from "./containerLog";
import { currentRollout, type Target } from "./currentRollout";
import { type Finding, findingsOf, isFinal, logKey, needsLog } from "./diagnosis";
import { incidentsOf } from "./incidents";
import { type CoreV1Event, isOwnedBy, type Objects, type V1Deployment, type V1Pod, type V1ReplicaSet } from "./objects";
import { isReady, REVISION, type Rollout } from "./rollout";
import { type Stage, stageOf } from "./stage";
import { UNDONE } from "./undo";
import { seen, Unseen } from "./unseen";

/** How a model on a cluster is at one moment. */
export interface Snapshot {
  /**
   * `serving`: the newest revision does, and it alone. `stuck`: it will not by itself. `undone`: what was applied last did
   * not serve, and what served before was put back. `stopped`: no pods are wanted.
   */
  state: "serving" | "starting" | "stuck" | "undone" | "stopped";
  /** Pods that are wanted. */
  wanted: number;
  /** The newest, and those before it that still have pods, in this order. */
  revisions: Revision[];
  /** Why the newest does not serve, the gravest first. */
  findings: Finding[];
  /** What may not be read, so that less is explained: `events`, `pods/log`. */
  unread: string[];
}

/** The pods of one version of a Deployment, in Kubernetes' own count of versions. */
export interface Revision {
  revision: number;
  /** Pods that serve the model. */
  serving: number;
  pods: PodState[];
}

export interface PodState {
  name: string;
  stage: Stage;
  /** Restarts of its containers. */
  restarts: number;
}

/**
 * Looks once at a model.
 *
 * @returns nothing when the cluster has no such Deployment.
 * @throws Unseen when the cluster does not answer, or shows no Deployments, ReplicaSets or pods.
 */
export async function snapshot(cluster: Cluster, target: Target): Promise<Snapshot | undefined> {
  const found = await currentRollout(cluster, target);
  if (!found) return undefined;
  const { objects, rollout } = found;
  const unread = new Set<string>();
  const refused = (rollout.replicaSet?.status?.conditions ?? []).some(({ type }) => type === "ReplicaFailure");
  const troubled = [...(refused ? [rollout.replicaSet] : []), ...rollout.pods.filter((pod) => !isReady(pod))];
  const events = (await Promise.all(troubled.map((object) => eventsOf(cluster, object, unread)))).flat();
  const incidents = rollout.taken ? incidentsOf({ ...objects, events }, rollout) : [];
  const logs = incidents.filter(needsLog).map(async (incident) => {
    const { pod = "", container = "", restarted: previous } = incident;
    const text = await logOf(cluster, { namespace: target.namespace, pod, container }, previous, unread);
    return [logKey(incident), lastWords(text)] as const;
  });
  const findings = findingsOf(incidents, new Map(await Promise.all(logs)));
  return {
    state: stateOf(rollout, findings, found.deployment),
    wanted: rollout.wanted,
    revisions: revisionsOf(objects, rollout),
    findings,
    unread: [...unread],
  };
}

async function eventsOf(
  cluster: Cluster,
  object: V1Pod | V1ReplicaSet | undefined,
  unread: Set<string>,
): Promise<CoreV1Event[]> {
  const { CoreV1Api } = await kubernetesClient();
  const { namespace = "", uid } = object?.metadata ?? {};
  const some = { namespace, fieldSelector: `involvedObject.uid=${uid},type=Warning` };
  const events = seen(cluster, "list events", cluster.config.makeApiClient(CoreV1Api).listNamespacedEvent(some));
  return (await unlessForbidden(events, "events", unread))?.items ?? [];
}

/** The last lines of a container; nothing where they may not be read, or there are none. */
async function logOf(
  cluster: Cluster,
  container: Parameters<typeof containerLog>[1],
  previous: boolean | undefined,
  unread: Set<string>,
): Promise<string> {
  const log = seen(cluster, "get pods/log", containerLog(cluster, container, { previous, tailLines: 200 }));
  return (await unlessForbidden(log, "pods/log", unread)) ?? "";
}

/** What only explains is never a reason to fail. */
async function unlessForbidden<T>(seen: Promise<T>, what: string, unread: Set<string>): Promise<T | undefined> {
  return seen.catch((error) => {
    if (error instanceof Unseen && error.forbidden) unread.add(what);
    return undefined;
  });
}

function stateOf(rollout: Rollout, findings: Finding[], { metadata, status }: V1Deployment): Snapshot["state"] {
  if (rollout.done && rollout.wanted === 0) return "stopped";
  if (rollout.done) return metadata?.annotations?.[UNDONE] === undefined ? "serving" : "undone";
  const { conditions = [] } = status ?? {};
  const late = conditions.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded");
  return rollout.taken && (late || findings.some(isFinal)) ? "stuck" : "starting";
}

function revisionsOf({ replicaSets }: Objects, { pods, old, replicaSet }: Rollout): Revision[] {
  return replicaSets
    .map((each) => ({ each, its: [...pods, ...old].filter((pod) => isOwnedBy(pod, each.metadata?.uid)) }))
    .filter(({ each, its }) => each === replicaSet || its.length > 0)
    .map(({ each, its }) => ({
      revision: Number(each.metadata?.annotations?.[REVISION]),
      serving: its.filter(isReady).length,
      pods: its.map(podState),
    }))
    .sort((a, b) => b.revision - a.revision);
}

function podState(pod: V1Pod): PodState {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const restarts = [...initContainerStatuses, ...containerStatuses].map(({ restartCount }) => restartCount);
  return {
    name: pod.metadata?.name ?? "",
    stage: stageOf(pod),
    restarts: restarts.reduce((sum, count) => sum + count, 0),
  };
}
