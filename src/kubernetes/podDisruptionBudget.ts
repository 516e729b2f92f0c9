import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import type { DisruptionBudgetArgs } from "../clusterArgs";
import { isLater } from "../later";
import { compute } from "../lifted";
import type { Selector } from "./labels";

/**
 * The budget of a model, if it has one: the user's, else one pod at a time where there are several. With one pod alone a
 * budget would keep nodes from being maintained.
 */
export function budgetOf({
  disruptionBudget,
  replicas,
  autoscaling,
}: ModelServeArgs): DisruptionBudgetArgs | undefined {
  if (disruptionBudget !== undefined) return disruptionBudget;
  const pods = autoscaling === undefined ? replicas : (autoscaling.minReplicas ?? replicas);
  return !isLater(pods) && Number(pods) > 1 ? { maxUnavailable: "1" } : undefined;
}

export function podDisruptionBudget(
  metadata: types.input.meta.v1.ObjectMeta,
  selector: Selector,
  { minAvailable, maxUnavailable }: DisruptionBudgetArgs,
): types.input.policy.v1.PodDisruptionBudget {
  return {
    metadata,
    spec: {
      minAvailable: amount(minAvailable),
      maxUnavailable: amount(maxUnavailable),
      selector: { matchLabels: { ...selector } },
      unhealthyPodEvictionPolicy: "AlwaysAllow", // a pod that does not serve must not hold up a node
    },
  };
}

/** Kubernetes takes numbers as numbers, and shares as texts. */
function amount(value: pulumi.Input<string> | undefined): pulumi.Input<number | string> | undefined {
  if (value === undefined) return undefined;
  return compute(value, (text): number | string => (text.endsWith("%") ? text : Number(text)));
}
