/** What the times of a pod follow from, in seconds. */
export interface TimeLimits {
  /** From a pod's creation to its model ready. */
  timeoutSeconds: number;
  /** The longest request. */
  requestTimeoutSeconds: number;
  /** From the moment a pod is to end until all clients know. */
  drainSeconds: number;
}

/** The times of a Deployment and its pods, in whole seconds, as Kubernetes has them. */
export interface Times {
  startup: Probe;
  /** Time that the startup probe may take where it asks the sample request. */
  smokeTestSeconds: number;
  readiness: Probe;
  liveness: Probe;
  /** The server goes on serving for so long after its pod was taken out of the Service, and parts from its clients. */
  preStopSeconds: number;
  /** MLServer waits so long for its workers when it stops. */
  workersTimeoutSeconds: number;
  terminationGracePeriodSeconds: number;
  progressDeadlineSeconds: number;
}

export interface Probe {
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}

/**
 * All times follow from three that a user can judge, so that they never contradict each other:
 *
 * - The startup probe asks every second, for `timeoutSeconds` rounded up to 10 minutes, 30 minutes, or a multiple of 2
 *   hours: a container is never killed before Kubernetes gives up on its pod, and a changed limit rarely restarts pods.
 * - A busy server answers a probe after the request before it, so readiness and liveness wait for the longest request.
 *   Readiness goes after three answers in a row that the model is not ready, or none; liveness only after five minutes,
 *   or three of the longest requests, of them.
 * - A pod that ends serves on for `drainSeconds` while its address goes out of the load balancers. Then requests under way
 *   have their time, which is also the workers', and MLServer has 10 s to close its listeners (its gRPC takes up to 5).
 */
export function times(limits: TimeLimits): Times {
  const timeout = Math.ceil(limits.timeoutSeconds);
  const request = Math.ceil(limits.requestTimeoutSeconds);
  const preStopSeconds = Math.ceil(limits.drainSeconds);
  const patience = Math.max(300, 3 * request);
  const livenessPeriod = Math.max(30, request + 1);
  return {
    startup: { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: startupBudget(timeout) },
    smokeTestSeconds: request + 10, // it asks first whether the model is ready, and needs a moment to start
    readiness: { periodSeconds: 3, timeoutSeconds: request + 1, failureThreshold: 3 },
    liveness: {
      periodSeconds: livenessPeriod,
      timeoutSeconds: request + 1,
      failureThreshold: Math.ceil(patience / livenessPeriod),
    },
    preStopSeconds,
    workersTimeoutSeconds: request,
    terminationGracePeriodSeconds: preStopSeconds + request + 10,
    progressDeadlineSeconds: timeout,
  };
}

/** Pulumi's own limit for a whole update, in seconds: `timeoutSeconds` for each pod, one after another, and a minute for the scheduler. */
export function updateSeconds(timeoutSeconds: number, replicas: number): number {
  return replicas * Math.ceil(timeoutSeconds) + 60;
}

function startupBudget(seconds: number): number {
  const twoHours = 7200;
  return [600, 1800].find((budget) => seconds <= budget) ?? Math.ceil(seconds / twoHours) * twoHours;
}
