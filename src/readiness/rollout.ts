import { isOwnedBy, type Objects, type V1Pod, type V1ReplicaSet } from "./objects";

/** On a Deployment and its ReplicaSets: how often the pod template was changed. */
export const REVISION = "deployment.kubernetes.io/revision";

/** How far the pods of a Deployment's newest revision are. */
export interface Rollout {
  /** Whether Kubernetes has taken up what was applied; before, all below is that of an earlier revision. */
  taken: boolean;
  /** Pods that are wanted. */
  wanted: number;
  /** Pods of the newest revision that are not ending. */
  pods: V1Pod[];
  /** Those of them that serve the model. */
  serving: V1Pod[];
  /** Pods of earlier revisions that are not ending. */
  old: V1Pod[];
  /** Pods that are ending, of any revision. */
  ending: V1Pod[];
  /** The ReplicaSet of the newest revision. */
  replicaSet?: V1ReplicaSet;
  /** Whether the newest revision serves, and it alone; where no pods are wanted, whether there are none. */
  done: boolean;
}

/** @param generation of the Deployment that was applied. */
export function rolloutOf({ deployment, replicaSets, pods }: Objects, generation: number): Rollout {
  const mine = replicaSets.filter((each) => isOwnedBy(each, deployment?.metadata?.uid));
  const revision = deployment?.metadata?.annotations?.[REVISION];
  const replicaSet = mine.find(({ metadata }) => metadata?.annotations?.[REVISION] === revision);
  const living = pods.filter(({ metadata, status }) => !metadata?.deletionTimestamp && status?.phase !== "Failed");
  const newest = living.filter((pod) => isOwnedBy(pod, replicaSet?.metadata?.uid));
  const old = living.filter((pod) => mine.some((each) => each !== replicaSet && isOwnedBy(pod, each.metadata?.uid)));
  const taken = replicaSet !== undefined && (deployment?.status?.observedGeneration ?? 0) >= generation;
  const wanted = deployment?.spec?.replicas ?? 1;
  const serving = newest.filter(isReady);
  const ending = pods.filter(({ metadata }) => metadata?.deletionTimestamp);
  const alone = old.length === 0 && (wanted > 0 || ending.length === 0);
  return {
    taken,
    wanted,
    pods: newest,
    serving,
    old,
    ending,
    replicaSet,
    done: taken && serving.length === wanted && newest.length === wanted && alone,
  };
}

export function isReady({ status }: V1Pod): boolean {
  return (status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
}
