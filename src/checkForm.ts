import type { ModelServeArgs } from "./args";
import { isLater } from "./later";
import { type Problem, show } from "./rules";

const LISTS: (keyof ModelServeArgs)[] = [
  ...(["envs", "volumes", "secrets", "imagePullSecrets", "tolerations", "topologySpreadConstraints"] as const),
  "requirements",
];
/** Lists whose items are groups, of which the parts are looked at. */
const OF_GROUPS: (keyof ModelServeArgs)[] = ["envs", "volumes"];
const GROUPS: (keyof ModelServeArgs)[] = [
  ...(["labels", "podLabels", "podAnnotations", "nodeSelector", "resources", "fetchResources", "affinity"] as const),
  ...(["storage", "proxy", "readiness", "autoscaling", "disruptionBudget", "networkPolicy", "secretEnvs"] as const),
  ...(["podSecurityContext", "securityContext", "profiles", "serverSettings"] as const),
];

/** What is wrong with the form of arguments: what is no list, or no group of values, cannot be looked into. */
export function checkForm(args: ModelServeArgs): Problem[] {
  const lists = given(args, LISTS).flatMap(([argument, value]) => {
    if (!Array.isArray(value)) return [{ argument, reason: `${show(value)} is not a list.` }];
    if (!OF_GROUPS.some((each) => each === argument)) return [];
    return value.flatMap((item, index) => checkGroup(`${argument}[${index}]`, item));
  });
  const groups = given(args, GROUPS).flatMap(([argument, value]) => checkGroup(argument, value));
  const profiles = lists.length + groups.length > 0 ? {} : (args.profiles ?? {});
  const inside = Object.entries(profiles).flatMap(([name, profile]) => checkGroup(`profiles.${name}`, profile));
  return [...lists, ...groups, ...inside];
}

function given(args: ModelServeArgs, names: (keyof ModelServeArgs)[]): [string, unknown][] {
  return names
    .map((name): [string, unknown] => [name, args[name]])
    .filter(([, value]) => value !== undefined && !isLater(value));
}

function checkGroup(argument: string, value: unknown): Problem[] {
  if (isLater(value) || (value !== null && typeof value === "object" && !Array.isArray(value))) return [];
  return [{ argument, reason: `${show(value)} is not a group of values, { name: value, … }.` }];
}
