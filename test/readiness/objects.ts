import { incidentsOf } from "../../src/readiness/incidents";
import type { CoreV1Event, Objects, V1ContainerStatus, V1Pod, V1ReplicaSet } from "../../src/readiness/objects";
import { type Rollout, rolloutOf } from "../../src/readiness/rollout";

type Status = NonNullable<V1Pod["status"]>;
type End = NonNullable<NonNullable<V1ContainerStatus["state"]>["terminated"]>;

/** What a container's status says of it; the rest is that of a container which was never started. */
export type ContainerState = Partial<Omit<V1ContainerStatus, "name">>;

/** Of the Deployment that was applied. */
export const GENERATION = 2;

const INIT_CONTAINERS = ["fetch-model", "prepare-model"];
const CONTAINERS = [...INIT_CONTAINERS, "server"];
const TIME = new Date("2026-01-01T00:00:00Z");

/** Objects of a model in its second revision, as its Deployment's controller made them: no pods yet. */
export function objects(change: Partial<Objects> = {}): Objects {
  return {
    deployment: {
      metadata: { name: "iris", uid: "iris", generation: GENERATION, annotations: revision(2) },
      spec: { replicas: 1, selector: {}, template: {} },
      status: { observedGeneration: GENERATION },
    },
    replicaSets: [replicaSet(1), replicaSet(2)],
    pods: [],
    events: [],
    ...change,
  };
}

export function replicaSet(number: number, status?: V1ReplicaSet["status"]): V1ReplicaSet {
  const ownerReferences = [owner("Deployment", "iris")];
  return {
    metadata: { name: `iris-${number}`, uid: `iris-${number}`, annotations: revision(number), ownerReferences },
    status,
  };
}

/** A pod of a revision. */
export function pod(status: Status, name = "iris-2-a", of = 2): V1Pod {
  const ownerReferences = [owner("ReplicaSet", `iris-${of}`)];
  return { metadata: { name, namespace: "models", uid: name, ownerReferences }, status };
}

function revision(number: number): Record<string, string> {
  return { "deployment.kubernetes.io/revision": String(number) };
}

function owner(kind: string, uid: string) {
  return { apiVersion: "apps/v1", kind, name: uid, uid, controller: true };
}

/** A pod for which there is no node. */
export function unscheduled(message: string, reason = "Unschedulable"): Status {
  return { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason, message }] };
}

/** A pod that is as far as a container, which is in a state: those before it are done, those after it wait. */
export function at(container: string, state: ContainerState): Status {
  const index = CONTAINERS.indexOf(container);
  const ready = container === "server" && state.ready === true;
  const statuses = CONTAINERS.map((name, place) => {
    const other = place < index ? ended(0, "Completed") : waits("PodInitializing");
    return statusOf(name, place === index ? state : other);
  });
  return {
    phase: index < INIT_CONTAINERS.length ? "Pending" : "Running",
    conditions: [
      { type: "Initialized", status: index < INIT_CONTAINERS.length ? "False" : "True" },
      { type: "Ready", status: ready ? "True" : "False" },
      { type: "PodScheduled", status: "True" },
    ],
    initContainerStatuses: statuses.slice(0, INIT_CONTAINERS.length),
    containerStatuses: statuses.slice(INIT_CONTAINERS.length),
  };
}

/** A pod whose model serves. */
export const SERVES = at("server", { ...runs(), ready: true });

export function statusOf(name: string, state: ContainerState): V1ContainerStatus {
  return { name, image: "", imageID: "", ready: false, restartCount: 0, ...state };
}

export function waits(reason: string, message?: string): ContainerState {
  return { state: { waiting: { reason, message } } };
}

export function runs(): ContainerState {
  return { state: { running: { startedAt: TIME } } };
}

/** A container that ended, and for the first time. */
export function ended(exitCode: number, reason = "Error", message?: string): ContainerState {
  return { state: { terminated: end(exitCode, reason, message) } };
}

/** A container that ended `times` times and waits to be started again. */
export function backsOff(times: number, exitCode: number, reason = "Error", message?: string): ContainerState {
  const wait =
    "back-off 10s restarting failed container=server pod=iris-2-a_models(0b5e1f5c-6c9d-4b8e-9d57-2f0c1d6a7e11)";
  const lastState = { terminated: end(exitCode, reason, message) };
  return { ...waits("CrashLoopBackOff", wait), lastState, restartCount: times - 1 };
}

/** A container that ended `times` times and runs again. */
export function runsAgain(times: number, exitCode: number, reason = "Error", message?: string): ContainerState {
  return { ...runs(), lastState: { terminated: end(exitCode, reason, message) }, restartCount: times };
}

function end(exitCode: number, reason: string, message?: string): End {
  return { exitCode, reason, message, startedAt: TIME, finishedAt: TIME };
}

/** Some seconds after all began. */
export function later(seconds: number): Date {
  return new Date(TIME.getTime() + seconds * 1000);
}

/** A warning about a pod, given once. */
export function warning(reason: string, message: string, change: Partial<CoreV1Event> = {}): CoreV1Event {
  const involvedObject = { kind: "Pod", uid: "iris-2-a" };
  const [firstTimestamp, lastTimestamp] = [TIME, TIME];
  return { metadata: {}, involvedObject, type: "Warning", reason, message, firstTimestamp, lastTimestamp, ...change };
}

export function rollout(of: Objects): Rollout {
  return rolloutOf(of, GENERATION);
}

/** What is not as it should be with objects, half a minute after all began. */
export function incidents(change: Partial<Objects>, now = later(30)) {
  const all = objects(change);
  return incidentsOf(all, rollout(all), now);
}
