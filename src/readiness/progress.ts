import type { Finding } from "./diagnosis";
import type { Rollout } from "./rollout";
import { STAGES, stageOf } from "./stage";

/** What a fetch container says of its progress, by pod. */
export type Percents = ReadonlyMap<string, number>;

/** One line for Pulumi's display: how far the newest revision is, and what keeps it, if something does. */
export function progressLine(rollout: Rollout, findings: Finding[], percents: Percents): string {
  const { taken, wanted, pods, serving, old } = rollout;
  if (!taken) return "waiting for Kubernetes to take up the change";
  if (wanted === 0) return `stopping; ${pods.length + old.length + rollout.ending.length} pods still there`;
  const count = wanted === 1 ? "" : `${serving.length} of ${wanted} serving`;
  const parts = [count, serving.length < wanted ? furthest(pods, percents) : oldPods(old.length)];
  const [finding] = findings.filter(({ cause }) => cause !== "model-not-ready"); // which the stage says
  if (finding) parts.push(`${finding.container ?? finding.reason}: ${finding.what.split("\n")[0]}`);
  return parts.filter(Boolean).join("; ") || "serving";
}

/** The stage of the pod that is the furthest of those that do not serve yet. */
function furthest(pods: Rollout["pods"], percents: Percents): string {
  const [first] = pods
    .map((pod) => ({ pod, stage: stageOf(pod) }))
    .filter(({ stage }) => stage !== "serving")
    .sort((a, b) => STAGES.indexOf(b.stage) - STAGES.indexOf(a.stage));
  if (!first) return "waiting for pods";
  const percent = percents.get(first.pod.metadata?.uid ?? "");
  return first.stage === "fetching model" && percent !== undefined ? `${first.stage} ${percent} %` : first.stage;
}

function oldPods(count: number): string {
  return count === 0 ? "" : `${count} of the old revision still there`;
}

/**
 * How far a rollout is, in one number that only grows while it advances: a pod that is made anew, or a container that is
 * restarted, adds nothing.
 */
export function advance({ taken, pods, old }: Rollout): number {
  if (!taken) return Number.NEGATIVE_INFINITY; // the pods are those of the revision before
  const stages = pods.map((pod) => STAGES.indexOf(stageOf(pod)) + 1);
  return stages.reduce((sum, stage) => sum + stage, 0) * 100 - old.length;
}
