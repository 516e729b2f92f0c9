import type { ModelServeArgs } from "../args";
import { isLater } from "../later";
import { checkValue, isKind, type Problem, show } from "../rules";
import type { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";
import { archive } from "../source/archive";
import { parseModelPath } from "../source/modelPath";
import { checkHuggingfaceServer } from "./checkHuggingfaceServer";
import { checkOptions } from "./checkOptions";
import { checkPod } from "./checkPod";
import { checkStorage } from "./checkStorage";
import { isScaledElsewhere, NO_STOP } from "./stopped";

/** Room for the suffixes of all objects: Kubernetes takes 63 characters, and `-metrics-1a2b3c4d` are 17. */
export const LONGEST_NAME = 46;

/** What is wrong with the arguments for a cluster, in themselves and together. */
export function checkCluster(name: string, args: ModelServeArgs): Problem[] {
  return [
    ...checkName(name),
    ...checkModel(args),
    ...checkStopped(args),
    ...checkInstallation(args),
    ...checkPackagePath(args),
    ...checkHuggingfaceServer(args),
    ...checkStorage(args),
    ...checkPod(args),
    ...checkOptions(args),
  ];
}

function checkName(name: string): Problem[] {
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= LONGEST_NAME) return [];
  return [
    {
      argument: "name",
      reason: `${show(name)}, the resource's name, is not one that Kubernetes' objects and labels can have: up to ${LONGEST_NAME} lower-case letters, digits and \`-\`, the first a letter. Rename the resource; \`modelName\` can stay what it is.`,
    },
  ];
}

/** A model of this machine must be small enough to travel to the cluster, and be the one that is expected. */
function checkModel({ kind, path, sha256 }: ModelServeArgs): Problem[] {
  if (!isKind(kind) || path === "") return [];
  const parsed = isLater(path) || typeof path !== "string" ? undefined : parseModelPath(path);
  if (parsed?.scheme !== "file") {
    if (sha256 === undefined) return [];
    return [
      {
        argument: "sha256",
        reason:
          "It can be checked only for a model of this machine yet, not for one that is fetched in the cluster. Remove it.",
      },
    ];
  }
  try {
    const { digest } = archive(kind, String(path));
    if (typeof sha256 !== "string" || checkValue("sha256", sha256).length > 0 || sha256.toLowerCase() === digest)
      return [];
    return [{ argument: "sha256", reason: `The model at "${path}" has ${digest}, not ${sha256}.` }];
  } catch (error) {
    return [{ argument: "path", reason: `${(error as Error).message}` }];
  }
}

/** Pods whose number Pulumi leaves to others are taken away by the waiter. */
function checkStopped(args: ModelServeArgs): Problem[] {
  if (args.stopped !== true || !isScaledElsewhere(args) || args.readiness?.enabled !== false) return [];
  return [{ argument: "stopped", reason: NO_STOP }];
}

/** Whether models of a kind name requirements of their own. */
function namesRequirements(kind: Kind): boolean {
  const { layout } = flavours[kind];
  return layout.is === "folder" && layout.weights === undefined;
}

function checkInstallation({ kind, installRequirements, packageIndex }: ModelServeArgs): Problem[] {
  const problem = (argument: string, reason: string): Problem[] => [{ argument, reason }];
  if (installRequirements !== true) {
    if (packageIndex === undefined) return [];
    return problem(
      "packageIndex",
      "It has no effect on a cluster without `installRequirements: true`. Remove it, or add that.",
    );
  }
  if (!isKind(kind) || !namesRequirements(kind))
    return problem(
      "installRequirements",
      `A model of kind ${show(kind)} names no requirements. Use an image that has them.`,
    );
  return [];
}

/** Where Python looks for the model's own code, and for what is installed for it, is ours to say. */
function checkPackagePath({ kind, installRequirements, envs = [], secretEnvs = {} }: ModelServeArgs): Problem[] {
  if (![...envs.map(({ name }) => name), ...Object.keys(secretEnvs)].includes("PYTHONPATH")) return [];
  const hidden =
    installRequirements === true ? "what `installRequirements` installs" : "the code in the model's folder";
  if (installRequirements !== true && !(isKind(kind) && flavours[kind].ownCode)) return [];
  return [{ argument: "envs", reason: `PYTHONPATH would hide ${hidden}. Remove it.` }];
}
