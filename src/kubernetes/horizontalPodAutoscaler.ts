import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { AutoscalingArgs } from "../clusterArgs";

/** Pods by the load of their processors. A model takes long to load, so pods go slowly. */
export function horizontalPodAutoscaler(
  metadata: types.input.meta.v1.ObjectMeta,
  deploymentName: Input<string>,
  replicas: Input<number> | undefined,
  autoscaling: AutoscalingArgs,
): types.input.autoscaling.v2.HorizontalPodAutoscaler {
  const {
    minReplicas,
    maxReplicas,
    targetCPUUtilizationPercentage = 80,
    scaleDownStabilizationSeconds = 300,
  } = autoscaling;
  const target = { type: "Utilization", averageUtilization: targetCPUUtilizationPercentage };
  return {
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deploymentName },
      minReplicas: minReplicas ?? replicas ?? 1,
      maxReplicas,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownStabilizationSeconds } },
    },
  };
}
