import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Computed } from "../lifted";
import type { Times } from "./times";

type ServerProbes = Pick<types.input.core.v1.Container, "startupProbe" | "readinessProbe" | "livenessProbe">;

/**
 * All three ask for the model: MLServer's own `/v2/health/ready` is true with no model loaded, and `/v2/health/live` would
 * not notice one that was unloaded through the server's repository API. With a sample request the first of them asks that,
 * too, so that a model which answers wrong never becomes ready.
 *
 * @param smokeTest command that succeeds once the sample request is answered right.
 */
export function probes(readyPath: Input<string>, times: Computed<Times>, smokeTest?: Input<string>[]): ServerProbes {
  const httpGet = { path: readyPath, port: "http" };
  const { startup, smokeTestSeconds } = times;
  return {
    startupProbe:
      smokeTest === undefined
        ? { httpGet, ...settings(startup) }
        : { exec: { command: smokeTest }, ...settings(startup), timeoutSeconds: smokeTestSeconds },
    readinessProbe: { httpGet, ...settings(times.readiness) },
    livenessProbe: { httpGet, ...settings(times.liveness) },
  };
}

function settings(probe: Computed<Times["startup"]>) {
  const { periodSeconds, timeoutSeconds, failureThreshold } = probe;
  return { periodSeconds, timeoutSeconds, failureThreshold };
}
