import {
  type CoreV1Event,
  isOwnedBy,
  type Objects,
  type V1ContainerStatus,
  type V1Pod,
  type V1ReplicaSet,
} from "./objects";
import type { Rollout } from "./rollout";
import { isReady } from "./rollout";
import { stageOf } from "./stage";

/** Something about the newest revision that is not as it should be, told by Kubernetes. */
export interface Incident {
  /** Where Kubernetes tells it. */
  from: "container" | "pod" | "replicaSet" | "event";
  pod?: string;
  container?: string;
  /** Kubernetes' own word for it: `OOMKilled`, `ImagePullBackOff`, `Unschedulable`, … */
  reason: string;
  message: string;
  /** Of a container that ended. */
  exitCode?: number;
  /** How often it happened. */
  times: number;
  /** Whether the container was started again since. */
  restarted?: boolean;
}

/** States of containers that every pod passes through. */
const USUAL = ["ContainerCreating", "PodInitializing"];

/** What is not as it should be with the pods of the newest revision, and with their making. */
export function incidentsOf(objects: Objects, { pods, replicaSet }: Rollout, now = new Date()): Incident[] {
  const failed = objects.pods.filter(
    (pod) => pod.status?.phase === "Failed" && isOwnedBy(pod, replicaSet?.metadata?.uid),
  );
  const unready = pods.filter((pod) => !isReady(pod));
  const evicted = failed.map((pod) =>
    podIncident(pod, pod.status?.reason ?? "Failed", pod.status?.message, failed.length),
  );
  return [
    ...refusals(replicaSet, objects.events),
    ...evicted,
    ...unready.flatMap((pod) => {
      const events = objects.events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata?.uid);
      return [
        ...unscheduled(pod),
        ...containersOf(pod, events),
        ...unstarted(pod, events),
        ...unhealthy(pod, events, now),
      ];
    }),
  ];
}

/** Pods that a ReplicaSet may not make. */
function refusals(replicaSet: V1ReplicaSet | undefined, events: CoreV1Event[]): Incident[] {
  const refused = events.filter(
    ({ involvedObject, reason }) => involvedObject.uid === replicaSet?.metadata?.uid && reason === "FailedCreate",
  );
  return (replicaSet?.status?.conditions ?? [])
    .filter(({ type, status }) => type === "ReplicaFailure" && status === "True")
    .map(({ reason = "", message = "" }) => ({ from: "replicaSet", reason, message, times: timesOf(refused) }));
}

function podIncident(pod: V1Pod, reason: string, message = "", times = 1): Incident {
  return { from: "pod", pod: pod.metadata?.name, reason, message, times };
}

function unscheduled(pod: V1Pod): Incident[] {
  return (pod.status?.conditions ?? [])
    .filter(({ type, status }) => type === "PodScheduled" && status === "False")
    .map(({ reason = "Unschedulable", message }) => podIncident(pod, reason, message));
}

function containersOf(pod: V1Pod, events: CoreV1Event[]): Incident[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  return [...initContainerStatuses, ...containerStatuses].flatMap((status) => containerIncident(pod, status, events));
}

/** A container that waits for a reason of its own, or ended; one that was restarted and runs again has ended too. */
function containerIncident(pod: V1Pod, status: V1ContainerStatus, events: CoreV1Event[]): Incident[] {
  const { name, state, lastState, restartCount, ready } = status;
  const common = { from: "container" as const, pod: pod.metadata?.name, container: name };
  const waiting = state?.waiting;
  const backsOff = waiting?.reason === "CrashLoopBackOff";
  const end = state?.terminated ?? (ready ? undefined : lastState?.terminated);
  if (waiting?.reason && !backsOff && !USUAL.includes(waiting.reason)) {
    const times = timesOf(events.filter((event) => isAttempt(event, name)));
    return [{ ...common, reason: waiting.reason, message: waiting.message ?? "", times }];
  }
  const isInit = (pod.status?.initContainerStatuses ?? []).some((each) => each.name === name);
  if (!end || (isInit && state?.terminated?.exitCode === 0)) return [];
  const times = restartCount + (state?.running ? 0 : 1);
  const { exitCode, reason = "", message = "" } = end;
  return [{ ...common, reason, message, exitCode, times, restarted: state?.running !== undefined }];
}

/** Whether an event tells that a container could not be started; each attempt has others, which say no more. */
function isAttempt({ reason, message = "", involvedObject }: CoreV1Event, container: string): boolean {
  const tells = /^Failed to pull image|^Error: (?!ErrImagePull|ImagePullBackOff)/;
  return reason === "Failed" && involvedObject.fieldPath?.includes(`{${container}}`) === true && tells.test(message);
}

/** What keeps a pod from starting. Once a container has started all is there, whatever was told before. */
function unstarted(pod: V1Pod, events: CoreV1Event[]): Incident[] {
  if (!["waiting for a node", "starting"].includes(stageOf(pod))) return [];
  return events
    .filter(({ reason = "" }) => ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"].includes(reason))
    .map((event) => eventIncident(pod, event, timesOf([event])));
}

/**
 * What a server answers to its probes, where it answers at all; that it does not yet is usual. A probe asks every second, and
 * Kubernetes keeps few of such events, so for how long it answers that is counted, in tens of seconds.
 */
function unhealthy(pod: V1Pod, events: CoreV1Event[], now: Date): Incident[] {
  const [latest] = events
    .filter(({ reason }) => reason === "Unhealthy")
    .sort((a, b) => time(b.lastTimestamp) - time(a.lastTimestamp));
  if (!latest || !/statuscode/.test(latest.message ?? "")) return [];
  const started = Math.max(
    ...(pod.status?.containerStatuses ?? []).map(({ state }) => time(state?.running?.startedAt)),
  );
  if (started <= 0 || time(latest.lastTimestamp) < started) return []; // the server that answered so has ended
  const since = Math.max(time(latest.firstTimestamp), started);
  return [eventIncident(pod, latest, 1 + Math.floor((now.getTime() - since) / 10_000))];
}

function eventIncident(pod: V1Pod, { reason = "", message = "" }: CoreV1Event, times: number): Incident {
  return { from: "event", pod: pod.metadata?.name, reason, message, times };
}

/** How often events of one kind happened: Kubernetes counts those that are alike. */
function timesOf(events: CoreV1Event[]): number {
  return Math.max(
    1,
    events.reduce((sum, { count = 1 }) => sum + count, 0),
  );
}

function time(date: Date | string | undefined): number {
  return date === undefined ? 0 : new Date(date).getTime();
}
