import { canonical, digest } from "../digest";
import type { ServingPlan } from "./plan";

/** Fields of MLServer 1.7.1's `Settings` that a user may set (mlserver/settings.py). It ignores unknown names silently. */
export const SERVER_SETTINGS = [
  "cache_enabled",
  "cache_size",
  "cors_settings",
  "debug",
  "environments_dir",
  "extensions",
  "grpc_max_message_length",
  "gzip_enabled",
  "kafka_enabled",
  "kafka_servers",
  "kafka_topic_input",
  "kafka_topic_output",
  "logging_settings",
  "metrics_dir",
  "metrics_rest_server_prefix",
  "parallel_workers",
  "parallel_workers_timeout",
  "root_path",
  "server_name",
  "server_version",
  "tracing_server",
  "use_structured_logging",
];

/** Fields that follow from other arguments, with what to set instead. */
export const OWN_SETTINGS: Record<string, string> = {
  host: "where the server listens follows from where it runs",
  http_port: "set `port` with localExecution; on a cluster it is 8080",
  grpc_port: "it is chosen for you, and given out as `grpcUrl`",
  metrics_endpoint: "metrics are at /metrics, as `metricsUrl` says",
  metrics_port: "it is chosen for you, and given out as `metricsUrl`",
  model_repository_root: "set `path` instead",
  model_repository_implementation: "the model's settings are generated",
  model_repository_implementation_args: "the model's settings are generated",
  load_models_at_startup: "the model is loaded at the start, and its readiness awaited",
};

/**
 * Names the settings in one short value, so that a preview shows whether they change. Ports and the model's place are not
 * part of it: they have values of their own.
 */
export function settingsDigest(plan: ServingPlan): string {
  return digest({ server: plan.serverSettings, model: plan.modelSettings });
}

/** The two files in the folder from which MLServer starts. They win over environment variables and over files of the model. */
export function settingsFiles(
  plan: ServingPlan,
  place: { uri: string; server: Record<string, unknown> },
): Record<string, string> {
  const parameters = { ...(plan.modelSettings.parameters as object), uri: place.uri };
  return {
    "settings.json": `${canonical({ ...plan.serverSettings, ...place.server })}\n`,
    "model-settings.json": `${canonical({ ...plan.modelSettings, parameters })}\n`,
  };
}
