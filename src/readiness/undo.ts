import { appliedFields, isPulumis, prune } from "./appliedTemplate";
import { type Cluster, kubernetesClient } from "./cluster";
import { currentRollout } from "./currentRollout";
import { isOwnedBy, type Objects, type V1Deployment, type V1ReplicaSet } from "./objects";
import { REVISION } from "./rollout";
import type { Wanted } from "./wait";

/** On a Deployment that went back: the ReplicaSet of what was applied, and does not serve. */
export const UNDONE = "modelserve/undone";

const HASH = "pod-template-hash";

/**
 * Gives a Deployment the pod template of an earlier revision again, as `kubectl rollout undo` does, but in the name of
 * Pulumi: the next update finds no field that it does not know, and takes all of it back.
 *
 * @param served the ReplicaSet that served last; else the latest of the earlier ones is taken.
 * @throws Error when there is nothing to go back to, or it may not be done.
 */
export async function undo(cluster: Cluster, wanted: Wanted, served?: string): Promise<Undone> {
  const found = await currentRollout(cluster, wanted);
  const newest = found?.rollout.replicaSet;
  const others = replicaSetsOf(found, wanted).filter((each) => each !== newest);
  const [latest] = others.sort((a, b) => revisionOf(b) - revisionOf(a));
  const target = others.find(({ metadata }) => metadata?.name === served) ?? latest;
  if (!found || !newest || !target) throw new Error("there is no earlier revision to go back to");
  const generation = await putBack(cluster, found.deployment, target, { [UNDONE]: newest.metadata?.name ?? "" });
  return { generation, replicaSet: target.metadata?.name ?? "" };
}

export interface Undone {
  /** Of the Deployment, to wait for. */
  generation: number;
  /** The one that it goes back to. */
  replicaSet: string;
}

/**
 * Takes back what `undo` did, unless Pulumi has applied something since.
 *
 * @returns the generation to wait for.
 */
export async function redo(cluster: Cluster, wanted: Wanted): Promise<number> {
  const found = await currentRollout(cluster, wanted);
  const undone = found?.deployment.metadata?.annotations?.[UNDONE];
  const target = replicaSetsOf(found, wanted).find(({ metadata }) => metadata?.name === undone);
  return found && target ? putBack(cluster, found.deployment, target, {}) : wanted.generation;
}

function replicaSetsOf(found: { objects: Objects } | undefined, { uid }: Wanted): V1ReplicaSet[] {
  return (found?.objects.replicaSets ?? []).filter((each) => isOwnedBy(each, uid));
}

/** Applies the Deployment as Pulumi did, but with the pod template of a ReplicaSet. */
async function putBack(
  cluster: Cluster,
  { metadata = {}, spec }: V1Deployment,
  { spec: { template } = { selector: {} } }: V1ReplicaSet,
  annotations: Record<string, string>,
): Promise<number> {
  const { AppsV1Api, PatchStrategy, setHeaderOptions } = await kubernetesClient();
  const fields = appliedFields(metadata);
  const fieldManager = metadata.managedFields?.find(isPulumis)?.manager;
  if (!fields || !fieldManager) throw new Error("Pulumi's provider does not use server-side apply");
  const { name = "", namespace = "" } = metadata;
  const applied = prune({ metadata, spec }, fields) as V1Deployment;
  const { [UNDONE]: _, ...kept } = applied.metadata?.annotations ?? {};
  const { [HASH]: __, ...labels } = template?.metadata?.labels ?? {};
  const body = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...applied.metadata, name, namespace, annotations: { ...kept, ...annotations } },
    spec: { ...applied.spec, template: { ...template, metadata: { ...template?.metadata, labels } } },
  };
  const changed = await cluster.config
    .makeApiClient(AppsV1Api)
    .patchNamespacedDeployment(
      { name, namespace, body, fieldManager, force: true },
      setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
    );
  return changed.metadata?.generation ?? 0;
}

function revisionOf({ metadata }: V1ReplicaSet): number {
  return Number(metadata?.annotations?.[REVISION] ?? 0);
}
