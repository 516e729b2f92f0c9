import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Computed } from "../lifted";
import type { Times } from "./times";

type ServerProbes = Pick<types.input.core.v1.Container, "startupProbe" | "readinessProbe" | "livenessProbe">;

/**
 * All three ask for the model: MLServer's own `/v2/health/ready` is true with no model loaded, and `/v2/health/live` would
 * not notice one that was unloaded through the server's repository API.
 */
export function probes(readyPath: Input<string>, times: Computed<Times>): ServerProbes {
  const httpGet = { path: readyPath, port: "http" };
  return {
    startupProbe: { httpGet, ...settings(times.startup) },
    readinessProbe: { httpGet, ...settings(times.readiness) },
    livenessProbe: { httpGet, ...settings(times.liveness) },
  };
}

function settings(probe: Computed<Times["startup"]>) {
  const { periodSeconds, timeoutSeconds, failureThreshold } = probe;
  return { periodSeconds, timeoutSeconds, failureThreshold };
}
