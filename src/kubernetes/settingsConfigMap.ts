import type { Kind } from "../serving/kind";
import type { ServingPlan } from "../serving/plan";
import { settingsFiles } from "../serving/settings";
import { type ModelSource, SERVED } from "./modelSource";
import { scripts } from "./scripts";

/** Where MLServer starts: a folder that holds its settings and nothing of the model. */
export const SETTINGS = "/mnt/settings";

export const SETTINGS_FILES = ["settings.json", "model-settings.json"];

export const PORTS = { http: 8080, grpc: 8081, metrics: 8082 };

/** MLServer's settings in a pod, where only /tmp can be written to, and the programs of the containers. */
export function filesOf(
  kind: Kind,
  plan: ServingPlan,
  source: ModelSource,
  workersTimeoutSeconds: number,
): Record<string, string> {
  const server = {
    host: "0.0.0.0",
    http_port: PORTS.http,
    grpc_port: PORTS.grpc,
    metrics_port: PORTS.metrics,
    metrics_dir: "/tmp/metrics",
    environments_dir: "/tmp/environments",
    parallel_workers_timeout: workersTimeoutSeconds,
    ...plan.serverSettings,
  };
  return { ...settingsFiles(plan, { uri: SERVED, server }), ...scripts(kind, source) };
}
