import assert from "node:assert/strict";
import { CAUSES, REPEATS } from "../../src/readiness/causes";
import { explained, type Finding, findingsOf, isFinal, type Logs, needsLog } from "../../src/readiness/diagnosis";
import type { Incident } from "../../src/readiness/incidents";

const NO_LOGS: Logs = new Map();

const crash = (times: number, change: Partial<Incident> = {}): Incident => ({
  from: "container",
  pod: "iris-2-a",
  container: "server",
  reason: "Error",
  message: "ImportError: no",
  exitCode: 1,
  times,
  ...change,
});
const unschedulable = (times = 1): Incident => ({
  from: "pod",
  pod: "iris-2-b",
  reason: "Unschedulable",
  message: "0/1 nodes are available: 1 Insufficient cpu.",
  times,
});
const FATAL = crash(1, { container: "fetch-model", message: "There is no object at or below s3://models/iris." });
const SILENT = crash(1, { reason: "Completed", exitCode: 0, message: "" });

const causes = (...incidents: Incident[]) => findingsOf(incidents, NO_LOGS).map(({ cause }) => cause);
const only = (incident: Incident, logs = NO_LOGS): Finding => {
  const [finding, ...others] = findingsOf([incident], logs);
  assert.ok(finding && others.length === 0);
  return finding;
};

describe("the findings", () => {
  it("have those first that stay, then those that repeat, then those that pass, however often they were seen", () => {
    assert.deepEqual(causes(unschedulable(5000), crash(2000), FATAL), ["no-object", "server-crashes", "unschedulable"]);
  });

  it("of the same gravity have those first that were seen more often", () => {
    const fetching = crash(2, { container: "fetch-model", message: "odd" });
    assert.deepEqual(causes(fetching, crash(3)), ["server-crashes", "fetch-failed"]);
    assert.deepEqual(causes(fetching, crash(1)), ["fetch-failed", "server-crashes"]);
  });

  it("have one for pods that fail alike: that of the pod which failed most often", () => {
    const [finding, ...others] = findingsOf(
      [crash(1), crash(3, { pod: "iris-2-b" }), crash(2, { pod: "iris-2-c" })],
      NO_LOGS,
    );
    assert.deepEqual([finding?.pod, finding?.times, others.length], ["iris-2-b", 3, 0]);
  });

  it("have one for each container, and for each cause", () => {
    const oom = { reason: "OOMKilled", exitCode: 137, message: "" };
    assert.deepEqual(causes(crash(1, oom), crash(1, { ...oom, container: "prepare-model" })), [
      "out-of-memory",
      "out-of-memory",
    ]);
    assert.deepEqual(causes(crash(1), crash(1, oom)).sort(), ["out-of-memory", "server-crashes"]);
  });

  it("are none when nothing happened", () => {
    assert.deepEqual(findingsOf([], NO_LOGS), []);
  });

  it("know what to do about what is not known: to look, and to wait on", () => {
    const finding = only(crash(9, { container: "istio-proxy" }));
    assert.deepEqual([finding.cause, isFinal(finding)], ["unknown", false]);
    assert.match(finding.next, /kubectl describe pod/);
  });

  it("say what happened in the container's own words, without the line's end", () => {
    const { what, lines } = only(crash(1, { message: "There it ends\n" }));
    assert.deepEqual([what, lines], ["There it ends", []]);
  });

  it("say it in the words of its log where it left no message, and else of Kubernetes", () => {
    const logs: Logs = new Map([["iris-2-a/server", { cause: "ValueError: wrong", lines: ["Traceback", "wrong"] }]]);
    const { what, lines, cause } = only(SILENT, logs);
    assert.deepEqual([what, lines, cause], ["ValueError: wrong", ["Traceback", "wrong"], "model-does-not-load"]);
    assert.deepEqual(only(SILENT).what, "Completed");
    assert.deepEqual(only(crash(1), logs).lines, []);
    assert.deepEqual(only({ ...SILENT, pod: "iris-2-b" }, logs).what, "Completed");
  });

  it("say it in the words of the log that Kubernetes put in place of the message", () => {
    const log = `2026-01-01 00:00:00,000 [mlserver] ERROR - Some of the models failed to load during startup!
Traceback (most recent call last):
  File "sklearn.py", line 37, in load
ValueError: wrong
INFO:     Shutting down
`;
    const { what, lines } = only(crash(1, { message: log }));
    assert.deepEqual([what, lines.at(-1)], ["ValueError: wrong", "ValueError: wrong"]);
    const other = only(crash(1, { message: "one\ntwo\n" }));
    assert.deepEqual([other.what, other.lines], ["Error", ["one", "two"]]);
  });

  it("keep what Kubernetes says in several lines of a container that did not end", () => {
    const message = "container create failed:\nno such device";
    assert.equal(only(crash(1, { reason: "CreateContainerError", exitCode: undefined, message })).what, message);
  });
});

describe("a finding", () => {
  const finding = (persistence: Finding["persistence"], times: number): Finding => ({
    cause: "",
    what: "",
    next: "",
    reason: "",
    lines: [],
    persistence,
    times,
  });

  it("that stays is final at once, one that repeats after three times, one that passes never", () => {
    assert.equal(REPEATS, 3);
    assert.deepEqual(
      [1, 9].map((times) => isFinal(finding("fatal", times))),
      [true, true],
    );
    assert.deepEqual(
      [1, 2, 3, 4].map((times) => isFinal(finding("repeats", times))),
      [false, false, true, true],
    );
    assert.deepEqual(
      [1, 3, 5000].map((times) => isFinal(finding("passes", times))),
      [false, false, false],
    );
  });

  it("needs the log of a container that ended without a word, and of no other", () => {
    assert.equal(needsLog(SILENT), true);
    assert.equal(needsLog(crash(1)), false);
    assert.equal(needsLog(crash(1, { exitCode: undefined, message: "" })), false); // never started
    assert.equal(needsLog({ ...unschedulable(), message: "" }), false);
  });

  it("tells what happened, where, how often, and what to do", () => {
    assert.equal(
      explained(only(crash(3, { message: "ImportError: no\n" }))),
      `ImportError: no
  (server-crashes, server of pod iris-2-a: Error, exit code 1, 3 times)
  Next: ${CAUSES["server-crashes"]?.next}`,
    );
  });

  it("shows the lines of a log, and leaves out what there is not", () => {
    const logs: Logs = new Map([["iris-2-a/server", { lines: ["one", "two"] }]]);
    assert.equal(
      explained(only(SILENT, logs)),
      `Completed
  (model-does-not-load, server of pod iris-2-a: Completed, exit code 0)
    one
    two
  Next: ${CAUSES["model-does-not-load"]?.next}`,
    );
    assert.equal(
      explained(only({ from: "replicaSet", reason: "FailedCreate", message: "forbidden", times: 1 })),
      `forbidden\n  (pod-refused: FailedCreate)\n  Next: ${CAUSES["pod-refused"]?.next}`,
    );
  });
});
