import type {
  CoreV1Event,
  V1ContainerStatus,
  V1Deployment,
  V1Pod,
  V1ReplicaSet,
  V1Service,
} from "@kubernetes/client-node" with { "resolution-mode": "import" };

export type { CoreV1Event, V1ContainerStatus, V1Deployment, V1Pod, V1ReplicaSet, V1Service };

/** What the cluster has of one model, as far as it may be seen. */
export interface Objects {
  deployment?: V1Deployment;
  replicaSets: V1ReplicaSet[];
  pods: V1Pod[];
  /** Of any of these objects; none without the right to see events. */
  events: CoreV1Event[];
  service?: V1Service;
}

export function isOwnedBy(object: { metadata?: { ownerReferences?: { uid: string }[] } }, uid: string | undefined) {
  return uid !== undefined && (object.metadata?.ownerReferences ?? []).some((owner) => owner.uid === uid);
}

/** Labels as lists of objects are asked for by them. */
export function selectorText(labels: Record<string, string> = {}): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
}
