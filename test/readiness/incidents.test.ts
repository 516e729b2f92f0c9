import assert from "node:assert/strict";
import type { Incident } from "../../src/readiness/incidents";
import type { V1Pod } from "../../src/readiness/objects";
import {
  at,
  backsOff,
  type ContainerState,
  ended,
  incidents,
  later,
  pod,
  replicaSet,
  runs,
  runsAgain,
  SERVES,
  unscheduled,
  waits,
  warning,
} from "./objects";

const LOADS = at("server", runs());
const UNREADY = "Startup probe failed: HTTP probe failed with statuscode: 404";

const of = (container: string, state: ContainerState) => incidents({ pods: [pod(at(container, state))] });
const only = (found: Incident[]): Incident => {
  assert.equal(found.length, 1, JSON.stringify(found));
  return found[0]!;
};

describe("what is not as it should be", () => {
  it("is nothing with a pod on its way, nor with one that serves", () => {
    for (const status of [{}, at("fetch-model", waits("PodInitializing")), at("prepare-model", runs()), LOADS, SERVES])
      assert.deepEqual(incidents({ pods: [pod(status)] }), []);
    assert.deepEqual(of("server", waits("ContainerCreating")), []);
    assert.deepEqual(of("server", { state: { waiting: {} } }), []); // made, and not yet started
  });

  it("is that no pods can be made, as long as that is so", () => {
    const failure = (status: string) => ({
      replicas: 0,
      conditions: [{ type: "ReplicaFailure", status, reason: "FailedCreate", message: "forbidden" }],
    });
    const newest = (status: string) => incidents({ replicaSets: [replicaSet(2, failure(status))] });
    assert.deepEqual(newest("True"), [{ from: "replicaSet", reason: "FailedCreate", message: "forbidden", times: 1 }]);
    assert.deepEqual(newest("False"), []);
    assert.deepEqual(incidents({ replicaSets: [replicaSet(1, failure("True")), replicaSet(2)] }), []);
  });

  it("is that there is no node for a pod, with the scheduler's words", () => {
    const message = "0/3 nodes are available: 3 Insufficient cpu.";
    assert.deepEqual(incidents({ pods: [pod(unscheduled(message))] }), [
      { from: "pod", pod: "iris-2-a", reason: "Unschedulable", message, times: 1 },
    ]);
  });

  it("is that a container waits for a reason of its own", () => {
    const { from, container, reason, message, exitCode, times } = only(of("server", waits("ErrImagePull", "denied")));
    assert.deepEqual([from, container, reason, message], ["container", "server", "ErrImagePull", "denied"]);
    assert.deepEqual([exitCode, times], [undefined, 1]);
  });

  it("is that a container ended: how, and how often, whether it waits to be started again or runs", () => {
    const times = (state: ContainerState) => {
      const found = only(of("fetch-model", state));
      assert.deepEqual([found.reason, found.exitCode, found.message], ["Error", 1, "no keys"]);
      return [found.times, found.restarted];
    };
    const how = [1, "Error", "no keys"] as const;
    assert.deepEqual(times(ended(...how)), [1, false]);
    assert.deepEqual(times(backsOff(1, ...how)), [1, false]);
    assert.deepEqual(times(runsAgain(1, ...how)), [1, true]);
    assert.deepEqual(times({ ...ended(...how), restartCount: 1 }), [2, false]);
    assert.deepEqual(times(backsOff(3, ...how)), [3, false]);
  });

  it("is that a server ended, though with exit code 0; an init container that did is done", () => {
    assert.equal(only(of("server", ended(0, "Completed"))).exitCode, 0);
    assert.deepEqual(of("prepare-model", ended(0, "Completed")), []);
    const { lastState } = backsOff(1, 1);
    assert.deepEqual(of("prepare-model", { ...ended(0, "Completed"), lastState, restartCount: 1 }), []);
  });

  it("is no earlier end of a container that is ready, though its pod is not", () => {
    const status = at("server", { ...runsAgain(2, 1), ready: true });
    const gated = status.conditions?.map((each) => (each.type === "Ready" ? { ...each, status: "False" } : each));
    assert.deepEqual(incidents({ pods: [pod({ ...status, conditions: gated })] }), []);
  });

  it("is every pod's own, and none of earlier revisions", () => {
    const failing = at("server", backsOff(2, 1));
    const found = incidents({
      pods: [pod(failing, "iris-2-a"), pod(failing, "iris-2-b"), pod(failing, "iris-1-a", 1)],
    });
    assert.deepEqual(
      found.map((each) => each.pod),
      ["iris-2-a", "iris-2-b"],
    );
  });

  it("is that pods failed as a whole, as often as they did", () => {
    const evicted = (name: string, of?: number): V1Pod =>
      pod({ phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory. " }, name, of);
    const found = incidents({ pods: [evicted("a"), evicted("b"), evicted("c", 1), pod({ phase: "Failed" }, "d")] });
    assert.deepEqual(
      found.map(({ from, pod, reason, times }) => [from, pod, reason, times]),
      [
        ["pod", "a", "Evicted", 3],
        ["pod", "b", "Evicted", 3],
        ["pod", "d", "Failed", 3],
      ],
    );
  });

  it("is as often as Kubernetes tried to make a pod, or to start a container", () => {
    const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "forbidden" };
    const refused = (uid: string, count: number) =>
      warning("FailedCreate", "Error creating: forbidden", { count, involvedObject: { kind: "ReplicaSet", uid } });
    const replicaSets = [replicaSet(1), replicaSet(2, { replicas: 0, conditions: [failure] })];
    const made = { ...refused("iris-2", 9), type: "Normal", reason: "SuccessfulCreate" };
    const events = [refused("iris-1", 9), refused("iris-2", 2), refused("iris-2", 3), made];
    assert.equal(only(incidents({ replicaSets, events })).times, 5);

    const about = (path: string) => ({ kind: "Pod", uid: "iris-2-a", fieldPath: `spec.${path}` });
    const pulled = (path: string, count: number, message = 'Failed to pull image "x": not found') =>
      warning("Failed", message, { count, involvedObject: about(path) });
    const attempts = [
      pulled("containers{server}", 3),
      pulled("containers{server}", 3, "Error: ErrImagePull"),
      pulled("containers{server}", 7, "Error: ImagePullBackOff"),
      pulled("initContainers{fetch-model}", 9),
    ];
    const pods = [pod(at("server", waits("ErrImagePull", "not found")))];
    assert.equal(only(incidents({ pods, events: attempts })).times, 3);
    const others = attempts.map((event) => ({
      ...event,
      involvedObject: { ...event.involvedObject, uid: "iris-2-b" },
    }));
    assert.equal(only(incidents({ pods, events: others })).times, 1);
  });

  it("is that a volume is not mounted, as often as that was tried, until a container has started", () => {
    const events = ["FailedMount", "FailedAttachVolume"].map((reason) =>
      warning(reason, "no such volume", { count: 4 }),
    );
    const starts = at("fetch-model", waits("PodInitializing"));
    assert.deepEqual(
      incidents({ pods: [pod(starts)], events }).map(({ from, reason, times }) => [from, reason, times]),
      [
        ["event", "FailedMount", 4],
        ["event", "FailedAttachVolume", 4],
      ],
    );
    assert.deepEqual(incidents({ pods: [pod(at("fetch-model", runs()))], events }), []);
  });

  it("is how a server answers its probes, for as long as it has, in tens of seconds", () => {
    const other = warning("BackOff", "Back-off restarting failed container", { lastTimestamp: later(5) });
    const events = [other, warning("Unhealthy", UNREADY, { firstTimestamp: later(5) })];
    const times = (now: number) => only(incidents({ pods: [pod(LOADS)], events }, later(now))).times;
    assert.deepEqual([5, 14, 15, 25, 605].map(times), [1, 1, 2, 3, 61]);
  });

  it("takes times as text, as watches give them", () => {
    const [firstTimestamp, lastTimestamp] = ["2026-01-01T00:00:10Z", "2026-01-01T00:00:20Z"];
    const events = [{ ...warning("Unhealthy", UNREADY), firstTimestamp, lastTimestamp } as never];
    assert.equal(only(incidents({ pods: [pod(LOADS)], events }, later(30))).times, 3);
  });

  it("is not that a server does not answer yet, or any more", () => {
    const refused = warning("Unhealthy", 'Startup probe failed: Get "http://10.244.0.5:8080/": connection refused', {
      lastTimestamp: later(20),
    });
    assert.deepEqual(incidents({ pods: [pod(LOADS)], events: [refused] }), []);
    assert.deepEqual(incidents({ pods: [pod(LOADS)], events: [warning("Unhealthy", UNREADY), refused] }), []);
    const answered = warning("Unhealthy", UNREADY, { lastTimestamp: later(25) });
    assert.equal(incidents({ pods: [pod(LOADS)], events: [refused, answered] }).length, 1);
  });

  it("is no answer of a server that has ended since, though it was started again", () => {
    const events = [warning("Unhealthy", UNREADY, { firstTimestamp: later(1), lastTimestamp: later(2) })];
    const reasons = (state: ContainerState) =>
      incidents({ pods: [pod(at("server", state))], events }).map(({ reason }) => reason);
    const { state } = runs();
    const again = { ...runsAgain(1, 1), state: { running: { ...state?.running, startedAt: later(10) } } };
    assert.deepEqual(reasons(backsOff(1, 1)), ["Error"]);
    assert.deepEqual(reasons(again), ["Error"]);
    const anew = [warning("Unhealthy", UNREADY, { firstTimestamp: later(1), lastTimestamp: later(11) })];
    const [, unhealthy] = incidents({ pods: [pod(at("server", again))], events: anew }, later(29));
    assert.equal(unhealthy?.times, 2);
  });

  it("is no event of another pod, nor of one that serves, nor what statuses tell", () => {
    const other = warning("Unhealthy", UNREADY, { involvedObject: { kind: "Pod", uid: "iris-1-a" } });
    const usual = warning("BackOff", "Back-off restarting failed container");
    assert.deepEqual(incidents({ pods: [pod(LOADS)], events: [other, usual] }), []);
    assert.deepEqual(incidents({ pods: [pod(SERVES)], events: [warning("Unhealthy", UNREADY)] }), []);
  });
});
