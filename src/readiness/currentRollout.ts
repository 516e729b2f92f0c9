import { type Cluster, kubernetesClient } from "./cluster";
import { type Objects, selectorText, type V1Deployment } from "./objects";
import { type Rollout, rolloutOf } from "./rollout";
import { seen } from "./unseen";

/** Names the Deployment of a model. */
export interface Target {
  namespace: string;
  deployment: string;
  /** Of the Deployment that Pulumi made; another one of the same name is not the model's. */
  uid?: string;
}

/**
 * The objects of a model, its events aside, and how far its newest revision is.
 *
 * @returns nothing when the cluster has no such Deployment.
 * @throws Unseen when the cluster does not answer, or shows no Deployments, ReplicaSets or pods.
 */
export async function currentRollout(
  cluster: Cluster,
  { namespace, deployment: name, uid }: Target,
): Promise<{ deployment: V1Deployment; objects: Objects; rollout: Rollout } | undefined> {
  const { AppsV1Api, CoreV1Api } = await kubernetesClient();
  const [apps, core] = [cluster.config.makeApiClient(AppsV1Api), cluster.config.makeApiClient(CoreV1Api)];
  const deployment = await seen(cluster, "get deployments", apps.readNamespacedDeployment({ name, namespace }));
  if (!deployment || (uid !== undefined && deployment.metadata?.uid !== uid)) return undefined;
  const some = { namespace, labelSelector: selectorText(deployment.spec?.selector.matchLabels) };
  const [replicaSets, pods] = await Promise.all([
    seen(cluster, "list replicasets", apps.listNamespacedReplicaSet(some)),
    seen(cluster, "list pods", core.listNamespacedPod(some)),
  ]);
  const objects = { deployment, replicaSets: replicaSets?.items ?? [], pods: pods?.items ?? [], events: [] };
  return { deployment, objects, rollout: rolloutOf(objects, deployment.metadata?.generation ?? 0) };
}
