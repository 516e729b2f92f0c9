import type { ModelServeArgs } from "../../src";
import type { Finding } from "../../src/readiness/diagnosis";
import { NotServing, untilServing, type Wanted } from "../../src/readiness/wait";
import { type Manifest, only, render } from "../kubernetes/render";
import { apply, kubectl } from "./clusterStack";

/** A model that is put on the cluster without Pulumi. */
export interface Trial {
  args: ModelServeArgs;
  /** Changes the manifests, as a program's transforms do. */
  edit?: (objects: Manifest[]) => void;
  /** Default: 300. */
  timeoutSeconds?: number;
}

/** How the wait for a model ended. */
export interface Outcome {
  deployment: string;
  serves: boolean;
  message: string;
  findings: Finding[];
  /** What was reported on the way. */
  lines: string[];
}

/** Puts models on the cluster, all at once, and waits for each. */
export async function tryOut(namespace: string, trials: Record<string, Trial>): Promise<Record<string, Outcome>> {
  const items: unknown[] = [];
  const names: Record<string, string> = {};
  for (const [name, { args, edit }] of Object.entries(trials)) {
    const objects = await render(args, name);
    edit?.(objects);
    names[name] = only(objects, "Deployment").metadata.name;
    const kept = objects.filter(({ kind }) => ["ConfigMap", "Secret", "Deployment"].includes(kind));
    items.push(...kept.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })));
  }
  await apply({ apiVersion: "v1", kind: "List", items });
  const outcomes = Object.entries(trials).map(async ([name, { timeoutSeconds = 300 }]) => {
    const wanted = await wantedOf(namespace, names[name] ?? "", timeoutSeconds);
    return [name, await outcomeOf(wanted)] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}

/** What the waiter waits for, of a Deployment as the cluster has it. */
export async function wantedOf(namespace: string, deployment: string, timeoutSeconds = 300): Promise<Wanted> {
  const text = await kubectl("--namespace", namespace, "get", "deployment", deployment, "--output", "json");
  const { uid, generation } = JSON.parse(text).metadata;
  return { namespace, deployment, uid, generation, timeoutSeconds };
}

export async function outcomeOf(wanted: Wanted, kubeconfig?: string): Promise<Outcome> {
  const lines: string[] = [];
  const end = (serves: boolean, message: string, findings: Finding[]): Outcome => {
    const { deployment } = wanted;
    return { deployment, serves, message, findings, lines };
  };
  try {
    await untilServing({ kubeconfig }, wanted, (line) => lines.push(line));
    return end(true, "", []);
  } catch (error) {
    return end(false, (error as Error).message, error instanceof NotServing ? error.findings : []);
  }
}
