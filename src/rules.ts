import { OnFailure, Rollout, ServiceType } from "./clusterArgs";
import { isLater } from "./later";
import { quantity } from "./quantity";
import { listed } from "./serving/flavour";
import { Kind } from "./serving/kind";

/** Something wrong with an argument, for the person who wrote it. */
export interface Problem {
  /** The argument, as it was written: `serverSettings.host`. */
  argument: string;
  /** What is wrong, what was expected, and what to do. */
  reason: string;
}

/** What is wrong with one value, or nothing: also when it is an Output, which is checked when it is known. */
export function checkValue(argument: string, value: unknown): Problem[] {
  const rule = RULES[argument];
  if (!rule || isLater(value)) return [];
  const [holds, expected, hidden] = rule;
  return holds(value) ? [] : [{ argument, reason: `${hidden ? "It" : show(value)} is not ${expected}.` }];
}

/** `hidden`: the value may hold a password, so it is not shown. */
export type Rule = [holds: (value: unknown) => boolean, expected: string, hidden?: "hidden"];

export const KINDS = listed(Object.values(Kind).map((kind) => `"${kind}"`));
export const text = [
  (value: unknown) => typeof value === "string" && value !== "",
  "a text that is not empty",
] satisfies Rule;
export const flag = [(value: unknown) => typeof value === "boolean", "true or false"] satisfies Rule;
const seconds: Rule = [
  (value) => typeof value === "number" && value > 0 && value <= 86_400,
  "a number of seconds above 0, up to 86400 (a day)",
];

const dnsLabel: Rule = [
  (value) => typeof value === "string" && /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value),
  "a name as DNS has them: up to 63 lower-case letters, digits and `-`, the first a letter",
];

function oneOf(values: Record<string, string>): Rule {
  const all = Object.values(values);
  return [(value) => all.some((each) => each === value), all.map((value) => `"${value}"`).join(" or ")];
}

const RULES: Record<string, Rule> = {
  kind: [isKind, `a kind of function; expected ${KINDS}`],
  path: text,
  modelName: [
    (value) => typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(value),
    "a model name that fits into a URL: 1 to 63 letters, digits, `.`, `_` or `-`, the first a letter or digit",
  ],
  modelVersion: [
    (value) => typeof value === "string" && /^[A-Za-z0-9._-]+$/.test(value),
    "a version of letters, digits, `.`, `_` and `-`",
  ],
  implementation: [
    (value) => typeof value === "string" && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(value),
    'a Python class with its module, such as "my_package.MyModel"',
  ],
  project: text,
  description: [(value) => typeof value === "string", "a text"],
  uuid: [
    (value) =>
      typeof value === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(value),
    "a UUID of version 4",
  ],
  embedded: flag,
  localExecution: flag,
  stopped: flag,
  allowVersionSkew: flag,
  replicas: [
    (value) => Number.isInteger(value) && (value as number) >= 1,
    "a whole number of pods from 1; to take the model out of service set `stopped: true`",
  ],
  serviceType: oneOf(ServiceType),
  rollout: oneOf(Rollout),
  onFailure: oneOf(OnFailure),
  assignIds: flag,
  installRequirements: flag,
  modelSize: [
    (value) => typeof value === "string" && (quantity(value) ?? 0) > 0,
    'a Kubernetes quantity such as "500Mi" or "10Gi"',
  ],
  namespace: dnsLabel,
  serviceName: dnsLabel,
  imageRegistry: [
    (value) => typeof value === "string" && /^[a-z0-9][a-z0-9.:/_-]*$/i.test(value) && !value.includes("://"),
    "a registry such as registry.example.com or registry.example.com/mirror, without https://",
  ],
  nodeHost: [
    (value) => typeof value === "string" && /^[A-Za-z0-9.:[\]-]+$/.test(value),
    "the name or address of a node, without http:// and port",
  ],
  image: text,
  fetchImage: text,
  port: [
    (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535,
    "a port, a whole number from 1 to 65535",
  ],
  sha256: [
    (value) => typeof value === "string" && /^[0-9a-f]{64}$/i.test(value),
    "a SHA-256 in hexadecimal, 64 digits (`sha256sum FILE`)",
  ],
  requirements: [
    (value) =>
      Array.isArray(value) && value.every((item) => isLater(item) || (typeof item === "string" && item.trim() !== "")),
    'a list of Python requirements such as ["xgboost==2.1.2"]',
    "hidden",
  ],
  packageIndex: [
    (value) => typeof value === "string" && /^(https?|file):\/\//.test(value),
    "the URL of a package index (https://…)",
    "hidden",
  ],
  timeoutSeconds: seconds,
  requestTimeoutSeconds: seconds,
  drainSeconds: seconds,
};

export function isKind(value: unknown): value is Kind {
  return Object.values(Kind).some((kind) => kind === value);
}

export function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** What kind of value it is, in place of one that may be secret. */
export function formOf(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "a list";
  return { string: "a text", object: "a group of values" }[typeof value as string] ?? `a ${typeof value}`;
}

export function show(value: unknown): string {
  if (typeof value === "number") return String(value); // JSON has neither NaN nor infinity
  return JSON.stringify(value) ?? String(value);
}
