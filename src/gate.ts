import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "./args";
import { check, type Problem } from "./check";
import { isLater } from "./later";
import { show } from "./rules";
import { parseModelPath } from "./source/modelPath";

/** A place in the arguments: `["storage", "endpoint"]`. */
type Place = (string | number)[];

/**
 * The arguments of a cluster, in which every value that Pulumi knows only later is checked as soon as it is known, together
 * with all that was known from the start. Resources get the checked values alone: none is made from a wrong one.
 *
 * @param refuse ends the program unless there are no problems.
 */
export function gated(name: string, args: ModelServeArgs, refuse: (problems: Problem[]) => void): ModelServeArgs {
  const gate = (value: unknown, place: Place): unknown => {
    if (isLater(value)) return gatedLeaf(value, place);
    if (Array.isArray(value)) return value.map((item, index) => gate(item, [...place, index]));
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, gate(item, [...place, key])]));
  };
  const gatedLeaf = (value: unknown, place: Place) => {
    const output = pulumi.output(value as pulumi.Input<unknown>);
    return pulumi.all([output, pulumi.output(pulumi.isSecret(output))]).apply(([known, secret]) => {
      const problems = [...check(name, withLeaf(args, place, known)), ...checkLatePath(place, known)];
      refuse(secret ? problems.map((problem) => hidden(problem, known)) : problems);
      return known;
    });
  };
  return gate(args, []) as ModelServeArgs;
}

/** The other sources decide which objects there are, so they must be known from the start. */
function checkLatePath([argument, ...more]: Place, value: unknown): Problem[] {
  if (argument !== "path" || more.length > 0 || typeof value !== "string") return [];
  const { scheme } = parseModelPath(value);
  if (scheme === "s3" || scheme === "none") return [];
  return [
    {
      argument,
      reason: `${show(value)} became known only while Pulumi ran, and then it can be only that of an object store (s3://bucket/key). Write it into the program as a plain text.`,
    },
  ];
}

function withLeaf<T>(tree: T, [key, ...more]: Place, value: unknown): T {
  if (key === undefined) return value as T;
  const copy = (Array.isArray(tree) ? [...tree] : { ...tree }) as Record<string | number, unknown>;
  copy[key] = withLeaf(copy[key], more, value);
  return copy as T;
}

/** A problem without the secret that it is about, whole or in parts, which reasons quote. */
function hidden({ argument, reason }: Problem, value: unknown): Problem {
  const secret = typeof value === "string" ? value : show(value);
  if (secret === "") return { argument, reason };
  const quoted = (all: string, text: string) => (text !== "" && secret.includes(text) ? "[secret]" : all);
  const whole = reason.replaceAll(show(value), "[secret]").replaceAll(secret, "[secret]");
  return { argument, reason: whole.replace(/"([^"]*)"/g, quoted) };
}

function isPlainObject(value: unknown): value is object {
  return value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
}
