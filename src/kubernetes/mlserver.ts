import type { ModelServeArgs } from "../args";
import { compute, computeAll } from "../lifted";
import { flavours, MLSERVER_VERSION, type ServingArgs, servingPlan } from "../serving/plan";
import { settingsDigest, settingsFiles } from "../serving/settings";
import { SERVED } from "./modelSource";
import type { PodServer, ServerFacts } from "./podServer";
import { PORTS } from "./ports";
import { SCRIPTS } from "./scripts";

/** Where MLServer starts: a folder that holds its settings and nothing of the model. */
export const SETTINGS = "/mnt/settings";

const SERVE = `${SCRIPTS}/serve.py`;

/** MLServer, by `serve.py`: the image's own start script would activate an environment out of the model. */
export function mlserver(args: ModelServeArgs, { modelName, times }: ServerFacts): PodServer {
  const { kind, modelVersion, implementation, serverSettings } = args;
  const { imageSuffix, light } = flavours[kind];
  // The image decides on packages, and the kind whether the model is a light one, unless `parallel_workers` says otherwise.
  const facts = { requirements: [], modules: [], light };
  const plan = computeAll({ kind, modelName, modelVersion, implementation, serverSettings }, (known: ServingArgs) =>
    servingPlan(known, facts),
  );
  return {
    image: `seldonio/mlserver:${[MLSERVER_VERSION, imageSuffix].filter(Boolean).join("-")}`,
    module: "mlserver",
    command: ["python", SERVE, "mlserver", SETTINGS],
    preStop: ["python", "-I", SERVE, "--part", compute(times.preStopSeconds, String)],
    settingsFiles: ["settings.json", "model-settings.json"],
    settings: computeAll({ plan, seconds: times.workersTimeoutSeconds }, ({ plan, seconds }) =>
      settingsFiles(plan, { uri: SERVED, server: { ...place(seconds), ...plan.serverSettings } }),
    ),
    settingsDigest: compute(plan, settingsDigest),
    ports: PORTS,
    variables: [],
    volumes: [],
    mounts: [{ name: "settings", mountPath: SETTINGS, readOnly: true }],
  };
}

/** MLServer's settings in a pod, where only /tmp can be written to. */
function place(workersTimeoutSeconds: number): Record<string, unknown> {
  return {
    host: "0.0.0.0",
    http_port: PORTS.http,
    grpc_port: PORTS.grpc,
    metrics_port: PORTS.metrics,
    metrics_dir: "/tmp/metrics",
    environments_dir: "/tmp/environments",
    parallel_workers_timeout: workersTimeoutSeconds,
  };
}
