import assert from "node:assert/strict";
import type { Finding } from "../../src/readiness/diagnosis";
import type { V1Pod } from "../../src/readiness/objects";
import { advance, progressLine } from "../../src/readiness/progress";
import { type Rollout, rolloutOf } from "../../src/readiness/rollout";
import {
  at,
  backsOff,
  ended,
  GENERATION,
  objects,
  pod,
  replicaSet,
  rollout,
  runs,
  runsAgain,
  SERVES,
  unscheduled,
  waits,
} from "./objects";

const NOTHING = new Map<string, number>();
const FETCHES = at("fetch-model", runs());
const LOADS = at("server", runs());

const of = (...pods: V1Pod[]): Rollout => rollout(objects({ pods }));
const line = (found: Rollout, findings: Finding[] = [], percents = NOTHING) => progressLine(found, findings, percents);
const FINDING: Finding = {
  cause: "server-crashes",
  persistence: "repeats",
  what: "ImportError: no\nmore",
  next: "",
  reason: "Error",
  times: 1,
  lines: [],
};

describe("the line that tells how far a model is", () => {
  it("names the stage of its one pod", () => {
    const stages = [
      [pod(unscheduled("0/1 nodes are available")), "waiting for a node"],
      [pod(at("fetch-model", waits("PodInitializing"))), "starting"],
      [pod(FETCHES), "fetching model"],
      [pod(at("prepare-model", runs())), "preparing model"],
      [pod(LOADS), "loading"],
      [pod(SERVES), "serving"],
    ] as const;
    for (const [one, expected] of stages) assert.equal(line(of(one)), expected);
  });

  it("says so before Kubernetes has taken up the change, and before there are pods", () => {
    assert.equal(line(rolloutOf(objects(), GENERATION + 1)), "waiting for Kubernetes to take up the change");
    assert.equal(line(of()), "waiting for pods");
  });

  it("shows how much of the model is fetched, while it is", () => {
    const percents = new Map([["iris-2-a", 40]]);
    assert.equal(line(of(pod(FETCHES)), [], percents), "fetching model 40 %");
    assert.equal(line(of(pod(LOADS)), [], percents), "loading");
    assert.equal(line(of(pod(FETCHES)), [], new Map([["iris-2-b", 40]])), "fetching model");
    assert.equal(line(of(pod(FETCHES)), [], new Map([["iris-2-a", 0]])), "fetching model 0 %");
  });

  it("of several pods names how many serve, and the furthest of the others", () => {
    const some = of(pod(FETCHES, "a"), pod(SERVES, "b"), pod(LOADS, "c"), pod(unscheduled(""), "d"));
    assert.equal(line({ ...some, wanted: 4 }), "1 of 4 serving; loading");
  });

  it("names pods of the old revision when all of the new one serve", () => {
    const both = of(pod(SERVES), pod(SERVES, "iris-1-a", 1), pod(SERVES, "iris-1-b", 1));
    assert.equal(line(both), "2 of the old revision still there");
    assert.equal(line({ ...both, wanted: 2 }), "1 of 2 serving; waiting for pods");
  });

  it("adds the gravest finding, by its container or its reason, in one line", () => {
    const other = { ...FINDING, what: "another" };
    assert.equal(
      line(of(pod(LOADS)), [{ ...FINDING, container: "server" }, other]),
      "loading; server: ImportError: no",
    );
    assert.equal(line(of(pod(LOADS)), [FINDING]), "loading; Error: ImportError: no");
  });
});

/** How far a rollout was at each step. */
const advances = (...steps: Rollout[]) => steps.map(advance);
const grows = (numbers: number[]) =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));

describe("how far a rollout is", () => {
  it("grows with every step of the first one", () => {
    const numbers = advances(
      rolloutOf(objects({ replicaSets: [] }), GENERATION),
      of(),
      of(pod({})),
      of(pod(at("fetch-model", waits("PodInitializing")))),
      of(pod(FETCHES)),
      of(pod(at("prepare-model", runs()))),
      of(pod(LOADS)),
      of(pod(SERVES)),
    );
    assert.ok(grows(numbers), numbers.join());
  });

  it("grows with every step of an update, pod by pod, to its end", () => {
    const [oldA, oldB] = [pod(SERVES, "iris-1-a", 1), pod(SERVES, "iris-1-b", 1)];
    const [newA, newB] = [pod(SERVES, "iris-2-a"), pod(SERVES, "iris-2-b")];
    const numbers = advances(
      of(oldA, oldB),
      of(oldA, oldB, pod({}, "iris-2-a")),
      of(oldA, oldB, pod(LOADS, "iris-2-a")),
      of(oldA, oldB, newA),
      of(oldB, newA),
      of(oldB, newA, pod({}, "iris-2-b")),
      of(oldB, newA, newB),
      of(newA, newB),
    );
    assert.ok(grows(numbers), numbers.join());
  });

  it("grows when Kubernetes takes up an update, though pods of the revision before serve", () => {
    const before = objects().deployment!;
    before.metadata!.annotations!["deployment.kubernetes.io/revision"] = "1";
    before.status!.observedGeneration = GENERATION - 1;
    const old = [pod(SERVES, "iris-1-a", 1)];
    const untaken = rollout(objects({ deployment: before, replicaSets: [replicaSet(1)], pods: old }));
    assert.equal(untaken.taken, false);
    const numbers = advances(untaken, of(...old), of(...old, pod({})));
    assert.ok(grows(numbers), numbers.join());
  });

  it("does not grow when a container fails and is restarted, or its pod is made anew", () => {
    const failing = [runs(), ended(1), backsOff(1, 1), runsAgain(1, 1), backsOff(2, 1), runsAgain(2, 1)];
    for (const container of ["fetch-model", "prepare-model", "server"]) {
      const numbers = failing.map((state) => advance(of(pod(at(container, state)))));
      assert.equal(new Set(numbers).size, 1, numbers.join());
      const best = numbers[0] ?? 0;
      const anew = [{}, at("fetch-model", waits("PodInitializing")), at(container, runs())];
      for (const status of anew) assert.ok(advance(of(pod(status, "iris-2-b"))) <= best);
    }
  });
});
