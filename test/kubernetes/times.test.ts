import assert from "node:assert/strict";
import fc from "fast-check";
import { type TimeLimits, times, updateSeconds } from "../../src/kubernetes/times";

const seconds = fc.oneof(fc.integer({ min: 1, max: 86_400 }), fc.double({ min: 0.1, max: 86_400, noNaN: true }));
const limits = fc.record({ timeoutSeconds: seconds, requestTimeoutSeconds: seconds, drainSeconds: seconds });

/** From the first failed answer of a probe until it acts. */
const patience = ({ periodSeconds, timeoutSeconds, failureThreshold }: ReturnType<typeof times>["liveness"]) =>
  (failureThreshold - 1) * Math.max(periodSeconds, timeoutSeconds);

describe("the times of a pod", () => {
  const holds = (what: string, property: (t: ReturnType<typeof times>, l: TimeLimits) => boolean) =>
    it(what, () => fc.assert(fc.property(limits, (given) => property(times(given), given))));

  holds("are whole seconds, as Kubernetes has them, from 1", (t) =>
    JSON.stringify(t)
      .match(/-?[\d.]+/g)!
      .every((number) => Number.isInteger(Number(number)) && Number(number) >= 1),
  );
  holds(
    "never end a container before its pod has had its time",
    ({ startup, progressDeadlineSeconds }) =>
      startup.periodSeconds * startup.failureThreshold >= progressDeadlineSeconds,
  );
  holds(
    "let a probe wait longer than the longest request, behind which it stands",
    ({ readiness, liveness }, { requestTimeoutSeconds }) =>
      readiness.timeoutSeconds > requestTimeoutSeconds && liveness.timeoutSeconds > requestTimeoutSeconds,
  );
  holds(
    "let a slow server be for five minutes, and for two more of its longest requests, before it is ended",
    ({ liveness }, { requestTimeoutSeconds }) =>
      patience(liveness) + liveness.periodSeconds >= Math.max(300, 2 * requestTimeoutSeconds),
  );
  holds(
    "take a pod out of the Service before they end it",
    ({ readiness, liveness }) => patience(readiness) <= patience(liveness),
  );
  holds(
    "leave a pod that ends time to go out of the Service, for the requests under way, and for the server's own end",
    (t, { requestTimeoutSeconds, drainSeconds }) =>
      t.terminationGracePeriodSeconds >= drainSeconds + requestTimeoutSeconds + 5 && // its gRPC takes up to 5 s
      t.terminationGracePeriodSeconds > t.preStopSeconds + t.workersTimeoutSeconds,
  );
  holds("never ask twice at once", ({ startup, liveness }) =>
    [startup, liveness].every(({ periodSeconds, timeoutSeconds }) => timeoutSeconds <= periodSeconds),
  );

  it("let an update of 1 to 50 pods take the time of all, one after another", () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 50 }), ({ timeoutSeconds, ...rest }, replicas) => {
        const { progressDeadlineSeconds } = times({ timeoutSeconds, ...rest });
        assert.ok(updateSeconds(timeoutSeconds, replicas) > replicas * progressDeadlineSeconds);
      }),
    );
  });

  it("stay the same for a limit that is changed a little, so that no pod is restarted", () => {
    const rest = { requestTimeoutSeconds: 30, drainSeconds: 15 };
    const budgets = [1, 599, 600, 601, 1800, 1801, 7200, 7201, 14_400].map(
      (timeoutSeconds) => times({ timeoutSeconds, ...rest }).startup.failureThreshold,
    );
    assert.deepEqual(budgets, [600, 600, 600, 1800, 1800, 7200, 7200, 14_400, 14_400]);
  });

  it("are those of docs/rollout.md for the defaults", () => {
    assert.deepEqual(times({ timeoutSeconds: 600, requestTimeoutSeconds: 30, drainSeconds: 15 }), {
      startup: { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 600 },
      readiness: { periodSeconds: 3, timeoutSeconds: 31, failureThreshold: 3 },
      liveness: { periodSeconds: 31, timeoutSeconds: 31, failureThreshold: 10 },
      preStopSeconds: 15,
      smokeTestSeconds: 40,
      workersTimeoutSeconds: 30,
      terminationGracePeriodSeconds: 55,
      progressDeadlineSeconds: 600,
    });
  });
});
