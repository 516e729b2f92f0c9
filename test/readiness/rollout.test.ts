import assert from "node:assert/strict";
import type { Objects, V1Pod } from "../../src/readiness/objects";
import { rolloutOf } from "../../src/readiness/rollout";
import { at, GENERATION, objects, pod, replicaSet, rollout, runs, SERVES } from "./objects";

const LOADS = at("server", runs());

const names = (pods: V1Pod[]) => pods.map(({ metadata }) => metadata?.name);
const withReplicas = (replicas: number | undefined, change: Partial<Objects> = {}): Objects => {
  const { deployment, ...rest } = objects(change);
  return { ...rest, deployment: { ...deployment, spec: { ...deployment!.spec!, replicas } } };
};

describe("a rollout", () => {
  it("is taken up when the controller has seen the generation that was applied", () => {
    assert.equal(rolloutOf(objects(), GENERATION).taken, true);
    assert.equal(rolloutOf(objects(), GENERATION + 1).taken, false);
    const { deployment } = objects();
    assert.equal(rollout(objects({ deployment: { ...deployment, status: undefined } })).taken, false);
  });

  it("is not taken up before the newest revision has a ReplicaSet, or without a Deployment", () => {
    assert.equal(rollout(objects({ replicaSets: [replicaSet(1)] })).taken, false);
    assert.equal(rollout(objects({ deployment: undefined, pods: [pod(SERVES)] })).taken, false);
  });

  it("tells pods of the newest revision from those of earlier ones, and from others", () => {
    const foreign = pod(SERVES, "other-1-a", 7);
    const { pods, old, serving } = rollout(
      objects({ pods: [pod(SERVES, "iris-1-a", 1), pod(SERVES, "iris-2-a"), pod(LOADS, "iris-2-b"), foreign] }),
    );
    assert.deepEqual([names(pods), names(serving), names(old)], [["iris-2-a", "iris-2-b"], ["iris-2-a"], ["iris-1-a"]]);
  });

  it("takes an earlier revision that was made the newest again for the newest", () => {
    const again = replicaSet(1);
    again.metadata!.annotations!["deployment.kubernetes.io/revision"] = "3";
    const { deployment } = objects();
    deployment!.metadata!.annotations!["deployment.kubernetes.io/revision"] = "3";
    const all = objects({ deployment, replicaSets: [replicaSet(2), again], pods: [pod(SERVES, "iris-1-a", 1)] });
    assert.deepEqual(names(rollout(all).pods), ["iris-1-a"]);
  });

  it("counts no pods that are ending, nor that failed", () => {
    const ending = pod(SERVES, "iris-2-a");
    ending.metadata!.deletionTimestamp = new Date();
    const endingOld = pod(SERVES, "iris-1-a", 1);
    endingOld.metadata!.deletionTimestamp = new Date();
    const evicted = pod({ phase: "Failed", reason: "Evicted" }, "iris-2-b");
    const { pods, old } = rollout(objects({ pods: [ending, endingOld, evicted] }));
    assert.deepEqual([pods, old], [[], []]);
  });

  it("is done when as many pods serve as are wanted, and no others are left", () => {
    const done = (replicas: number, ...pods: V1Pod[]) => rollout(withReplicas(replicas, { pods })).done;
    const [a, b] = [pod(SERVES, "iris-2-a"), pod(SERVES, "iris-2-b")];
    assert.equal(done(2, a, b), true);
    assert.equal(done(1, a, b), false); // one is about to end
    assert.equal(done(2, a), false);
    assert.equal(done(1, a, pod(LOADS, "iris-2-b")), false);
    assert.equal(done(1, a, pod(SERVES, "iris-1-a", 1)), false);
    assert.equal(done(1), false);
  });

  it("is not done as long as it is not taken up, whatever serves", () => {
    assert.equal(rolloutOf(objects({ pods: [pod(SERVES)] }), GENERATION + 1).done, false);
  });

  it("of no pods is done when all are gone", () => {
    assert.equal(rollout(withReplicas(0)).done, true);
    assert.equal(rollout(withReplicas(0, { pods: [pod(SERVES, "iris-1-a", 1)] })).done, false);
  });

  it("wants one pod when nobody says how many", () => {
    assert.equal(rollout(withReplicas(undefined)).wanted, 1);
  });
});
