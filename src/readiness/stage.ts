import type { V1ContainerStatus, V1Pod } from "./objects";
import { isReady } from "./rollout";

/** The way of a pod to its model ready, in order. */
export const STAGES = [
  "waiting for a node",
  "starting",
  "fetching model",
  "preparing model",
  "loading",
  "serving",
] as const;

export type Stage = (typeof STAGES)[number];

const INIT_STAGES: Record<string, Stage> = { "fetch-model": "fetching model", "prepare-model": "preparing model" };

/** How far a pod is; a container that failed is where it failed. */
export function stageOf(pod: V1Pod): Stage {
  if (isReady(pod)) return "serving";
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  if (!conditions.some(({ type, status }) => type === "PodScheduled" && status === "True")) return "waiting for a node";
  const inits = initContainerStatuses.filter(({ name }) => !isSidecar(pod, name));
  if (![...inits, ...containerStatuses].some(hasStarted)) return "starting";
  const at = inits.find(({ state }) => state?.terminated?.exitCode !== 0);
  return at ? (INIT_STAGES[at.name] ?? "starting") : "loading";
}

/** Whether an init container runs beside the others, for as long as its pod does. */
function isSidecar({ spec }: V1Pod, name: string): boolean {
  return (spec?.initContainers ?? []).some((each) => each.name === name && each.restartPolicy === "Always");
}

function hasStarted({ state, lastState, restartCount }: V1ContainerStatus): boolean {
  return (
    state?.running !== undefined ||
    state?.terminated !== undefined ||
    lastState?.terminated !== undefined ||
    restartCount > 0
  );
}
