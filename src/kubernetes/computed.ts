import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { isLater } from "../lifted";
import { type ServingPlan, servingPlan } from "../serving/plan";
import { type Archive, archive } from "../source/archive";
import { parseModelPath } from "../source/modelPath";
import type { ModelSource } from "./modelSource";
import { type Times, times } from "./times";

// What follows from the arguments, some of which are known only later.

export function timesOf(args: ModelServeArgs): pulumi.Output<Times> {
  const { timeoutSeconds = 600, requestTimeoutSeconds = 30, drainSeconds = 15, autoscaling } = args;
  const replicas = autoscaling?.maxReplicas ?? args.replicas ?? 1;
  return pulumi
    .all([timeoutSeconds, requestTimeoutSeconds, drainSeconds, replicas])
    .apply(([timeoutSeconds, requestTimeoutSeconds, drainSeconds, replicas]) =>
      times({ timeoutSeconds, requestTimeoutSeconds, drainSeconds, replicas }),
    );
}

export function planOf(args: ModelServeArgs, modelName: pulumi.Output<string>): pulumi.Output<ServingPlan> {
  // The image decides on packages; models in it are taken for light ones, unless `parallel_workers` says otherwise.
  const facts = { requirements: [], modules: [], light: true };
  return pulumi
    .all([modelName, args.modelVersion, args.serverSettings])
    .apply(([modelName, modelVersion, serverSettings]) =>
      servingPlan({ kind: args.kind, modelName, modelVersion, serverSettings }, facts),
    );
}

/** The model of this machine that is to travel to the cluster; only a path that is there already can mean one. */
export function localArchive({ path }: ModelServeArgs): Archive | undefined {
  const parsed = isLater(path) ? undefined : parseModelPath(path as string);
  return parsed?.scheme === "file" ? archive(parsed.path) : undefined;
}

/** Where a model that is not on this machine comes from. */
export function remoteSource({ path }: ModelServeArgs): ModelSource {
  const parsed = isLater(path) ? undefined : parseModelPath(path as string);
  return parsed?.scheme === "pvc" ? { from: "claim", claimName: parsed.claim, path: parsed.path } : { from: "store" };
}
