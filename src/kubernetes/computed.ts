import type * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { isLater } from "../later";
import { type Computed, computeAll } from "../lifted";
import { type Archive, archive } from "../source/archive";
import { parseModelPath } from "../source/modelPath";
import type { ModelSource } from "./modelSource";
import { type Times, times, updateSeconds } from "./times";

// What follows from the arguments, some of which are known only later.

export function timesOf(args: ModelServeArgs): Computed<Times> {
  const { timeoutSeconds = 600, requestTimeoutSeconds = 30, drainSeconds = 15 } = args;
  return computeAll({ timeoutSeconds, requestTimeoutSeconds, drainSeconds }, times);
}

/**
 * Pulumi's limits for the Deployment: an update may replace every pod there may be, and an end waits for the requests under
 * way. Resource options must be plain; a limit that is known only later becomes an annotation, which previews show.
 */
export function pulumiLimits(args: ModelServeArgs): {
  customTimeouts?: pulumi.CustomTimeouts;
  annotations?: Record<string, pulumi.Input<string>>;
} {
  const { timeoutSeconds = 600, requestTimeoutSeconds = 30, drainSeconds = 15, replicas, autoscaling } = args;
  const most = autoscaling?.maxReplicas ?? replicas ?? 1;
  const limits = { timeoutSeconds, requestTimeoutSeconds, drainSeconds, most };
  if (!Object.values(limits).every((value) => typeof value === "number")) {
    const limit = computeAll({ timeoutSeconds, most }, ({ timeoutSeconds, most }) =>
      String(updateSeconds(timeoutSeconds, most)),
    );
    return { annotations: { "pulumi.com/timeoutSeconds": limit } };
  }
  const known = limits as Record<keyof typeof limits, number>;
  const update = `${updateSeconds(known.timeoutSeconds, known.most)}s`;
  const end = Math.max(PULUMI_DEFAULT, times(known).terminationGracePeriodSeconds + 60);
  return { customTimeouts: { create: update, update, delete: `${end}s` } };
}

/** Pulumi's own limit for one resource, in seconds. */
const PULUMI_DEFAULT = 600;

/** The model of this machine that is to travel to the cluster; only a path that is there already can mean one. */
export function localArchive({ kind, path }: ModelServeArgs): Archive | undefined {
  const parsed = isLater(path) ? undefined : parseModelPath(path as string);
  return parsed?.scheme === "file" ? archive(kind, path as string) : undefined;
}

/** Where a model that is not on this machine comes from. */
export function remoteSource({ path }: ModelServeArgs): ModelSource {
  const parsed = isLater(path) ? undefined : parseModelPath(path as string);
  if (parsed?.scheme === "hf") return { from: "hub" };
  return parsed?.scheme === "pvc" ? { from: "claim", claimName: parsed.claim, path: parsed.path } : { from: "store" };
}
