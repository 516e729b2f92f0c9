import { isLater } from "../later";
import { flag, isGroup, type Problem, type Rule, show, text } from "../rules";

const anyText: Rule = [(value) => typeof value === "string", "a text"];
const whole: Rule = [(value) => Number.isInteger(value), "a whole number"];
const count: Rule = [(value) => Number.isInteger(value) && (value as number) >= 0, "a whole number from 0"];
const group: Rule = [isGroup, "a group of values, { name: value, … }"];
const texts: Rule = [
  (value) => Array.isArray(value) && value.every((item) => isLater(item) || typeof item === "string"),
  "a list of texts",
];

/** Fields of MLServer 1.7.1's `Settings` that a user may set (mlserver/settings.py). It ignores unknown names silently. */
const SERVER_SETTINGS: Record<string, Rule> = {
  cache_enabled: flag,
  cache_size: count,
  cors_settings: group,
  debug: flag,
  environments_dir: text,
  extensions: texts,
  grpc_max_message_length: whole, // -1 for any length
  gzip_enabled: flag,
  kafka_enabled: flag,
  kafka_servers: text,
  kafka_topic_input: text,
  kafka_topic_output: text,
  logging_settings: [(value) => text[0](value) || isGroup(value), "the path of a file, or a group of values"],
  metrics_dir: text,
  metrics_rest_server_prefix: text,
  parallel_workers: count,
  parallel_workers_timeout: count,
  root_path: anyText,
  server_name: text,
  server_version: text,
  tracing_server: text,
  use_structured_logging: flag,
};

/** Fields that follow from other arguments, with what to set instead. */
const OWN_SETTINGS: Record<string, string> = {
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

/** All fields that MLServer has. */
export const ALL_SETTINGS = Object.keys({ ...SERVER_SETTINGS, ...OWN_SETTINGS });

/** What is wrong with settings of MLServer, as far as they are known. */
export function checkServerSettings(settings: Record<string, unknown>): Problem[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const problem = (reason: string): Problem[] => [{ argument: `serverSettings.${name}`, reason }];
    if (OWN_SETTINGS[name]) return problem(`It cannot be set: ${OWN_SETTINGS[name]}.`);
    const rule = SERVER_SETTINGS[name];
    if (!rule)
      return problem(
        `MLServer has no such setting, and would ignore it. Its settings: ${Object.keys(SERVER_SETTINGS).join(", ")}.`,
      );
    const [holds, expected] = rule;
    return value === undefined || isLater(value) || holds(value) ? [] : problem(`${show(value)} is not ${expected}.`);
  });
}
