import type { ModelServeArgs } from "../args";
import { isLater } from "../lifted";
import { checkValue, type Problem, show } from "../rules";
import { archive } from "../source/archive";
import { parseModelPath } from "../source/modelPath";
import { checkOptions } from "./checkOptions";
import { checkPod } from "./checkPod";
import { checkStorage } from "./checkStorage";

/** Room for the suffixes of all objects: Kubernetes takes 63 characters, and `-metrics-1a2b3c4d` are 17. */
const LONGEST_NAME = 46;

/** What is wrong with the arguments for a cluster, in themselves and together. */
export function checkCluster(name: string, args: ModelServeArgs): Problem[] {
  return [
    ...checkName(name),
    ...checkModel(args),
    ...checkStopped(args),
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
function checkModel({ path, sha256 }: ModelServeArgs): Problem[] {
  const parsed = isLater(path) || typeof path !== "string" ? undefined : parseModelPath(path);
  if (parsed?.scheme !== "file" || path === "") {
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
    const { digest } = archive(parsed.path);
    if (typeof sha256 !== "string" || checkValue("sha256", sha256).length > 0 || sha256.toLowerCase() === digest)
      return [];
    return [{ argument: "sha256", reason: `The model at "${path}" has ${digest}, not ${sha256}.` }];
  } catch (error) {
    return [{ argument: "path", reason: `${(error as Error).message}` }];
  }
}

function checkStopped({ stopped }: ModelServeArgs): Problem[] {
  if (stopped !== true) return [];
  return [
    {
      argument: "stopped",
      reason: "Only localExecution can honour it yet. Remove the resource to take the model down.",
    },
  ];
}
