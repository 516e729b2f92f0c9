import type { ModelServeArgs } from "../args";

/** Whether an autoscaler, or whoever scales by hand, decides on the number of pods, and Pulumi leaves it alone. */
export function isScaledElsewhere({ autoscaling, replicas }: ModelServeArgs): boolean {
  return autoscaling !== undefined || replicas === undefined;
}

/** Why a model cannot be stopped. */
export const NO_STOP =
  "The number of pods is not Pulumi's to set here, so the waiter would take them away, and there is none. Let it wait (`readiness`), or give `replicas` without `autoscaling`.";
