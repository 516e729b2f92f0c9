import { explained } from "../readiness/diagnosis";
import type { PodState, Revision } from "../readiness/snapshot";
import { STAGES } from "../readiness/stage";
import type { KubernetesStatus, LocalStatus, ModelStatus } from "./modelStatus";

/** What a person reads of a model: a line that says all, and below it what explains it. */
export function statusText(status: ModelStatus): string {
  const { name, state, url, externalUrl, kubernetes, local, why, next } = status;
  const [newest, ...older] = kubernetes?.revisions ?? [];
  const before = state === "undone" ? newest : older.find(({ serving }) => serving > 0);
  const lines = [
    ...(kubernetes ? clusterLines(kubernetes) : []),
    ...(local ? localLines(local) : []),
    ...(url === undefined ? [] : [`URL ${url}${externalUrl === undefined ? "" : `, from outside ${externalUrl}`}`]),
    ...(kubernetes?.findings ?? []).flatMap((finding) => explained(finding).split("\n")),
    ...(why === undefined ? [] : [sentence(why)]),
    ...(local?.exception === undefined ? [] : [local.exception]),
    ...(state === "serving" ? [] : (local?.lines ?? []).map((line) => `    ${line}`)),
    ...(next === undefined ? [] : [`Next: ${next}`]),
  ];
  const head = `${name}: ${state}${before ? `; revision ${before.revision} ${state === "undone" ? "serves" : "goes on serving"}` : ""}`;
  return [head, ...lines.map((line) => `  ${line}`)].join("\n");
}

function clusterLines({ namespace, deployment, revisions = [], wanted = 0, unread = [] }: KubernetesStatus): string[] {
  return [
    `Deployment ${namespace}/${deployment}`,
    ...revisions.map((revision, index) => revisionLine(revision, index === 0 ? wanted : undefined)),
    ...(unread.length === 0 ? [] : [`The kubeconfig may not read ${unread.join(" and ")}, so less is explained.`]),
  ];
}

/** @param wanted pods, of the newest revision. */
function revisionLine({ revision, serving, pods }: Revision, wanted: number | undefined): string {
  const count = wanted === undefined ? `${serving} of ${pods.length}` : `${serving} of ${wanted}`;
  const restarts = pods.reduce((sum, pod) => sum + pod.restarts, 0);
  const parts = [
    `${count} pods serving`,
    ...stages(pods),
    restarts === 0 ? "" : `${restarts} restart${restarts === 1 ? "" : "s"}`,
  ];
  return `revision ${revision}: ${parts.filter(Boolean).join(", ")}`;
}

/** How many pods are where, those that serve aside. */
function stages(pods: PodState[]): string[] {
  return STAGES.filter((stage) => stage !== "serving")
    .map((stage) => ({ stage, count: pods.filter((pod) => pod.stage === stage).length }))
    .filter(({ count }) => count > 0)
    .map(({ stage, count }) => `${count} ${stage}`);
}

function localLines({ machine, pid, restart, log }: LocalStatus): string[] {
  return [
    ...(machine === undefined ? [] : [`MLServer on ${machine}${pid === undefined ? "" : `, process ${pid}`}`]),
    ...(restart === undefined ? [] : [`started again the last time because ${restart}`]),
    ...(log === undefined ? [] : [`log ${log}`]),
  ];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
