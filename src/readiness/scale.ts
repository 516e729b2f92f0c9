import { type Cluster, kubernetesClient } from "./cluster";
import type { Target } from "./currentRollout";

/** In whose name pods are taken away and brought back, where Pulumi leaves their number to others. */
const MANAGER = "modelserve";

/**
 * Sets the number of a Deployment's pods, past Pulumi.
 *
 * @returns the number that it had before, and the generation to wait for.
 */
export async function scale(
  cluster: Cluster,
  { namespace, deployment: name }: Target,
  replicas: number,
): Promise<{ before: number; generation: number }> {
  const { AppsV1Api, PatchStrategy, setHeaderOptions } = await kubernetesClient();
  const api = cluster.config.makeApiClient(AppsV1Api);
  const { spec } = await api.readNamespacedDeployment({ namespace, name });
  const changed = await api.patchNamespacedDeployment(
    { namespace, name, body: { spec: { replicas } }, fieldManager: MANAGER },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
  return { before: spec?.replicas ?? 1, generation: changed.metadata?.generation ?? 0 };
}
