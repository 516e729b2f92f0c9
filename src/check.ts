import type { ModelServeArgs } from "./args";
import { Kind } from "./serving/kind";
import { flavours } from "./serving/plan";
import { OWN_SETTINGS, SERVER_SETTINGS } from "./serving/settings";
import { parseModelPath } from "./source/modelPath";

/** Something wrong with an argument, for the person who wrote it. */
export interface Problem {
  /** The argument, as it was written: `serverSettings.host`. */
  argument: string;
  /** What is wrong, what was expected, and what to do. */
  reason: string;
}

const CLUSTER_ONLY = [
  "image",
  "nodeSelector",
  "volumes",
  "resources",
  "affinity",
  "tolerations",
  "secrets",
  "profile",
  "replicas",
  "serviceType",
  "namespace",
  "serviceName",
  "serviceAccountName",
] as const satisfies readonly (keyof ModelServeArgs)[];

/**
 * All that is wrong with the plain values among the arguments. Values that Pulumi knows only later pass: they are checked
 * by the same rules, with `checkValue`, when they are known.
 */
export function check(name: string, args: ModelServeArgs): Problem[] {
  const values: Record<string, unknown> = { modelName: name, ...definedOnly(args) };
  const problems = [
    ...required(args),
    ...Object.entries(values).flatMap(([argument, value]) => checkValue(argument, value)),
    ...checkPath(args.kind, args.path),
    ...checkServerSettings(args.serverSettings ?? {}),
    ...checkEnvs(args.envs ?? []),
    ...checkTarget(args),
  ];
  return problems.map((problem) =>
    problem.argument === "modelName" && args.modelName === undefined
      ? { ...problem, reason: `${problem.reason} It is the resource's name here: set \`modelName\`.` }
      : problem,
  );
}

/** What is wrong with one value, or nothing: also when it is an Output, which is checked when it is known. */
export function checkValue(argument: string, value: unknown): Problem[] {
  const rule = RULES[argument];
  if (!rule || isLater(value)) return [];
  const [holds, expected] = rule;
  return holds(value) ? [] : [{ argument, reason: `${show(value)} is not ${expected}.` }];
}

/** What is wrong with a model's path, when kind and path are known. */
export function checkPath(kind: unknown, path: unknown): Problem[] {
  if (typeof path !== "string" || path === "" || !isKind(kind)) return [];
  const problem = (reason: string): Problem[] => [{ argument: "path", reason }];
  const parsed = parseModelPath(path);
  if (parsed.scheme === "none") return problem(`"${path}": ${parsed.reason}`);
  if (parsed.scheme === "remote") {
    return problem(
      `"${path}" must be fetched (${parsed.protocol}://), but localExecution serves only what is on this machine. Download it and give the local path.`,
    );
  }
  if (/[#?]/.test(parsed.path))
    return problem(`"${path}" holds # or ?, at which MLServer would cut it. Rename the file or folder.`);
  const flavour = flavours[kind];
  const mistake = flavour.mistakenPath(parsed.path);
  if (mistake) return problem(`"${path}" is not ${flavour.expectedPath}. ${mistake}`);
  return [];
}

type Rule = [holds: (value: unknown) => boolean, expected: string];

const KINDS = Object.values(Kind)
  .map((kind) => `"${kind}"`)
  .join(" or ");
const text: Rule = [(value) => typeof value === "string" && value !== "", "a text that is not empty"];
const flag: Rule = [(value) => typeof value === "boolean", "true or false"];
const seconds: Rule = [
  (value) => typeof value === "number" && value > 0 && value <= 86_400,
  "a number of seconds above 0, up to 86400 (a day)",
];

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
  ],
  packageIndex: [
    (value) => typeof value === "string" && /^(https?|file):\/\//.test(value),
    "the URL of a package index (https://…)",
  ],
  timeoutSeconds: seconds,
  requestTimeoutSeconds: seconds,
  drainSeconds: seconds,
};

function required(args: ModelServeArgs): Problem[] {
  const problems: Problem[] = [];
  if (args.kind === undefined) problems.push({ argument: "kind", reason: `It is missing; expected ${KINDS}.` });
  if (args.path === undefined) {
    problems.push({
      argument: "path",
      reason: `It is missing; expected ${isKind(args.kind) ? flavours[args.kind].expectedPath : "the model's file or folder"}.`,
    });
  }
  return problems;
}

function checkServerSettings(settings: Record<string, unknown>): Problem[] {
  return Object.keys(settings).flatMap((name) => {
    const argument = `serverSettings.${name}`;
    if (OWN_SETTINGS[name]) return [{ argument, reason: `It cannot be set: ${OWN_SETTINGS[name]}.` }];
    if (SERVER_SETTINGS.includes(name)) return [];
    return [
      {
        argument,
        reason: `MLServer has no such setting, and would ignore it. Its settings: ${SERVER_SETTINGS.join(", ")}.`,
      },
    ];
  });
}

function checkEnvs(envs: { name: string }[]): Problem[] {
  return envs.flatMap(({ name }, index) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
      ? []
      : [{ argument: `envs[${index}].name`, reason: `${show(name)} is not the name of an environment variable.` }],
  );
}

function checkTarget(args: ModelServeArgs): Problem[] {
  if (!args.localExecution) {
    return [
      {
        argument: "localExecution",
        reason: "It must be true: this release serves models on this machine only, not yet on Kubernetes.",
      },
    ];
  }
  return CLUSTER_ONLY.filter((argument) => args[argument] !== undefined).map((argument) => ({
    argument,
    reason: "Only a cluster can honour it, and localExecution is true. Remove one of the two.",
  }));
}

function isKind(value: unknown): value is Kind {
  return Object.values(Kind).some((kind) => kind === value);
}

/** An Output, or a promise: Pulumi knows its value only later. */
function isLater(value: unknown): boolean {
  return value !== null && typeof value === "object" && ("__pulumiOutput" in value || "then" in value);
}

function definedOnly(args: ModelServeArgs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
