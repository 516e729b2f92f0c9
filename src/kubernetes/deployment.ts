import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import { Rollout } from "../clusterArgs";
import type { Computed } from "../lifted";
import type { Selector } from "./labels";
import type { Times } from "./times";

export function deployment(args: {
  metadata: types.input.meta.v1.ObjectMeta;
  selector: Selector;
  replicas: Input<number> | undefined;
  rollout: Rollout;
  times: Computed<Times>;
  template: types.input.core.v1.PodTemplateSpec;
}): types.input.apps.v1.Deployment {
  return {
    metadata: args.metadata,
    spec: {
      replicas: args.replicas,
      selector: { matchLabels: { ...args.selector } },
      strategy: {
        type: "RollingUpdate",
        rollingUpdate:
          args.rollout === Rollout.ReplaceInPlace
            ? { maxUnavailable: 1, maxSurge: 0 }
            : { maxUnavailable: 0, maxSurge: 1 },
      },
      progressDeadlineSeconds: args.times.progressDeadlineSeconds,
      revisionHistoryLimit: 3,
      template: args.template,
    },
  };
}
