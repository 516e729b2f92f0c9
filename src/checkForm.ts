import { closest } from "fastest-levenshtein";
import type { ModelServeArgs } from "./args";
import type { ProfileArgs } from "./clusterArgs";
import { ARGUMENTS, PROFILE_PARTS } from "./knownArguments";
import { isLater } from "./later";
import { type Problem, show } from "./rules";

/**
 * What is wrong with the form of arguments: names that there are not, which would be ignored, and what is no list, or no
 * group of values, and so cannot be looked into.
 *
 * @param profiles those of the stack's configuration, too.
 */
export function checkForm(args: ModelServeArgs, profiles: Record<string, ProfileArgs> = {}): Problem[] {
  const problems = [
    ...checkNames("", args, Object.keys(ARGUMENTS)),
    ...Object.entries(ARGUMENTS).flatMap(([argument, { form, parts }]) => {
      const value = args[argument as keyof ModelServeArgs];
      if (value === undefined || form === undefined || isLater(value)) return [];
      if (form === "group") return checkGroup(argument, value, parts);
      if (!Array.isArray(value)) return [{ argument, reason: `${show(value)} is not a list.` }];
      if (form === "list") return [];
      return value.flatMap((item, index) => checkGroup(`${argument}[${index}]`, item, parts));
    }),
  ];
  if (problems.some(({ argument }) => argument === "profiles")) return problems; // there is nothing to look into
  return [
    ...problems,
    ...Object.entries(profiles).flatMap(([name, profile]) => checkGroup(`profiles.${name}`, profile, PROFILE_PARTS)),
  ];
}

function checkGroup(argument: string, value: unknown, parts?: string[]): Problem[] {
  if (isLater(value)) return [];
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return [{ argument, reason: `${show(value)} is not a group of values, { name: value, … }.` }];
  return parts === undefined ? [] : checkNames(`${argument}.`, value, parts);
}

function checkNames(place: string, group: object, names: string[]): Problem[] {
  return Object.entries(group)
    .filter(([name, value]) => value !== undefined && !names.includes(name))
    .map(([name]) => ({
      argument: `${place}${name}`,
      reason: `There is no such argument, so it would be ignored. The nearest is \`${place}${closest(name, names)}\`.`,
    }));
}
