import { closest, distance } from "fastest-levenshtein";
import type { ModelServeArgs } from "./args";
import type { ProfileArgs } from "./clusterArgs";
import { ARGUMENTS, type KnownArgument, PROFILE } from "./knownArguments";
import { isLater } from "./later";
import { formOf, isGroup, type Problem } from "./rules";

/**
 * What is wrong with the form of arguments: names that there are not, which would be ignored, and what is no list, or no
 * group of values, and so cannot be looked into. Values are not shown, since these may hold secrets.
 *
 * @param profiles those of the stack's configuration, too.
 */
export function checkForm(args: ModelServeArgs, profiles: Record<string, ProfileArgs> = {}): Problem[] {
  const problems = checkParts("", args as unknown as Record<string, unknown>, ARGUMENTS);
  if (problems.some(({ argument }) => argument === "profiles")) return problems; // there is nothing to look into
  const inside = Object.entries(profiles).flatMap(([name, profile]) =>
    checkArgument(`profiles.${name}`, profile, { form: "group", parts: PROFILE }),
  );
  return [...problems, ...inside];
}

/** The same of the parts of a group, of which all are known. */
export function checkParts(
  place: string,
  given: Record<string, unknown>,
  known: Record<string, KnownArgument>,
): Problem[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const argument = `${place}${name}`;
    if (known[name]) return checkArgument(argument, value, known[name]);
    return [{ argument, reason: `There is no such argument, so it would be ignored. ${instead(name, known)}` }];
  });
}

function instead(name: string, known: Record<string, KnownArgument>): string {
  const names = Object.keys(known);
  const nearest = closest(name, names);
  return distance(name, nearest) <= name.length / 2 ? `Is it \`${nearest}\`?` : `There are ${names.join(", ")}.`;
}

function checkArgument(argument: string, value: unknown, { form, parts, plain }: KnownArgument): Problem[] {
  if (isLater(value))
    return plain ? [{ argument, reason: "It is known only later as a whole. Give it now, with Outputs inside." }] : [];
  if (form === undefined) return [];
  if (form === "group") return checkGroup(argument, value, parts);
  if (!Array.isArray(value)) return [{ argument, reason: `It is ${formOf(value)}, not a list.` }];
  if (form === "list") return [];
  return value.flatMap((item, index) => checkGroup(`${argument}[${index}]`, item, parts));
}

function checkGroup(argument: string, value: unknown, parts?: Record<string, KnownArgument>): Problem[] {
  if (isLater(value)) return [];
  if (!isGroup(value))
    return [{ argument, reason: `It is ${formOf(value)}, not a group of values, { name: value, … }.` }];
  return parts === undefined ? [] : checkParts(`${argument}.`, value, parts);
}
