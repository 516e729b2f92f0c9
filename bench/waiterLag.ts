import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Cluster, kubernetesClient } from "../src/readiness/cluster";
import type { V1Pod } from "../src/readiness/objects";
import { isReady } from "../src/readiness/rollout";
import { ClusterStack } from "../test/cluster/clusterStack";
import { train } from "../test/models";
import { until } from "../test/until";
import { interleaved, type Row, row } from "./measure";

const program = (more: string) => `
new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, serviceType: "ClusterIP", replicas: 2,
  drainSeconds: 1, ${more}
});`;

/** How long after the last pod's Ready condition a step of an update ends: the waiter's, over that of Pulumi's own wait. */
export async function waiterLag(repeats: number): Promise<Row[]> {
  const stacks = {
    "Readiness::iris-readiness": await new ClusterStack(program("")).init(),
    "Deployment::iris": await new ClusterStack(program("readiness: { enabled: false }")).init(),
  };
  const lags: number[][] = [];
  try {
    for (const { folder, env } of Object.values(stacks)) {
      await train("iris", join(folder, "model.pkl"));
      env.PULUMI_DEBUG_COMMANDS = "true"; // for the option --event-log
    }
    const candidates = Object.entries(stacks).map(([step, stack], index) => ({
      run: async () => {
        lags[index] = [...(lags[index] ?? []), await lag(stack, step)];
      },
      after: () => stack.ok("destroy", "--yes", "--skip-preview"),
    }));
    await interleaved(repeats, candidates);
    const [mine = [], theirs = []] = lags.map((each) => each.slice(1));
    return [row("the end of the wait after the last pod is ready", "Pulumi's own wait", mine, theirs, "aim 0.3 s")];
  } finally {
    for (const stack of Object.values(stacks)) await stack.remove();
  }
}

/** Seconds from the moment at which a watch tells that all pods are ready to the end of a step, as the engine tells it. */
async function lag(stack: ClusterStack, step: string): Promise<number> {
  const log = join(stack.folder, "events.json");
  rmSync(log, { force: true });
  const update = stack.up("--event-log", log);
  const [ready, ended] = await Promise.all([allReady(stack), until(() => hasEnded(log, step)).then(() => Date.now())]);
  await update;
  return (ended - ready) / 1000;
}

/** When a watch of its own tells that both pods are ready, in milliseconds of the epoch. */
async function allReady({ namespace }: ClusterStack): Promise<number> {
  const { Watch } = await kubernetesClient();
  const { config } = await Cluster.at({});
  const ready = new Set<string>();
  return new Promise((resolve, reject) => {
    const see = (_phase: string, pod: V1Pod) => {
      if (isReady(pod)) ready.add(pod.metadata?.uid ?? "");
      if (ready.size === 2) resolve(Date.now());
    };
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const watch = new Watch(config).watch(path, {}, see, (error) => ready.size < 2 && reject(error));
    watch.then((request) => until(() => ready.size === 2).then(() => request.abort()));
  });
}

function hasEnded(log: string, name: string): boolean {
  if (!existsSync(log)) return false;
  return readFileSync(log, "utf8")
    .split("\n")
    .some((line) => line.includes("resOutputsEvent") && line.includes(`${name}"`));
}
