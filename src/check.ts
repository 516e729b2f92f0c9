import type { EnvVar, ModelServeArgs } from "./args";
import { checkSmokeTest } from "./checkSmokeTest";
import { checkHuggingface, checkLocalHuggingface } from "./huggingface/check";
import { ARGUMENTS } from "./knownArguments";
import { checkCluster } from "./kubernetes/check";
import { checkValue, isKind, KINDS, type Problem, show } from "./rules";
import type { Apis } from "./serving/apis";
import { expectedPath } from "./serving/flavour";
import { Kind } from "./serving/kind";
import { flavours } from "./serving/plan";
import { checkServerSettings } from "./serving/serverSettings";
import { modelApis } from "./source/huggingfaceTask";
import { parseModelPath } from "./source/modelPath";

export { checkValue, type Problem } from "./rules";

/**
 * All that is wrong with the plain values among the arguments. Values that Pulumi knows only later pass: they are checked
 * by the same rules, with `checkValue`, when they are known.
 */
export function check(name: string, args: ModelServeArgs): Problem[] {
  const values: Record<string, unknown> = { modelName: name, ...definedOnly(args) };
  const problems = [
    ...required(args),
    ...Object.entries(values).flatMap(([argument, value]) => checkValue(argument, value)),
    ...checkPath(args.kind, args.path, args.localExecution === true),
    ...checkServerSettings(args.serverSettings ?? {}),
    ...checkHuggingface(args.huggingface),
    ...checkEnvs(args.envs ?? []),
    ...checkSmokeTest(args.smokeTest, knownApis(args)),
    ...checkTarget(name, args),
  ];
  return problems
    .filter(isFirstOfPath)
    .map((problem) =>
      problem.argument === "modelName" && args.modelName === undefined
        ? { ...problem, reason: `${problem.reason} It is the resource's name here: set \`modelName\`.` }
        : problem,
    );
}

/** The APIs of the model, as far as arguments without mistakes tell them. */
function knownApis(args: ModelServeArgs): Apis | undefined {
  if (!isKind(args.kind) || checkHuggingface(args.huggingface).length > 0) return undefined;
  try {
    return modelApis(args);
  } catch {
    return undefined; // a mistake in the model's files, which is a problem of `path`
  }
}

/** One problem of the path is enough: the next ones follow from it. */
function isFirstOfPath({ argument }: Problem, index: number, all: Problem[]): boolean {
  return argument !== "path" || all.findIndex((problem) => problem.argument === "path") === index;
}

/** What is wrong with a model's path, when kind and path are known. */
export function checkPath(kind: unknown, path: unknown, localExecution = true): Problem[] {
  if (typeof path !== "string" || path === "" || !isKind(kind)) return [];
  const problem = (reason: string): Problem[] => [{ argument: "path", reason }];
  const parsed = parseModelPath(path);
  if (parsed.scheme === "none") return problem(`"${path}": ${parsed.reason}`);
  if (parsed.scheme !== "file" && localExecution) {
    const scheme = parsed.scheme === "remote" ? parsed.protocol : parsed.scheme;
    const how =
      parsed.scheme === "hf"
        ? `: \`hf download ${parsed.repo}${parsed.revision ? ` --revision ${parsed.revision}` : ""} --local-dir FOLDER\``
        : "";
    return problem(
      `"${path}" must be fetched (${scheme}://), but localExecution serves only what is on this machine. Download it and give the local path${how}.`,
    );
  }
  if (parsed.scheme === "remote") {
    return problem(
      `"${path}": models cannot be fetched from ${parsed.protocol}:// yet. On a cluster give s3://bucket/key, pvc://claim/path, or a small file or folder of this machine.`,
    );
  }
  if (parsed.scheme === "hf")
    return kind === Kind.HuggingfaceServe
      ? []
      : problem(`"${path}" is a model of the Hugging Face Hub. Use kind "${Kind.HuggingfaceServe}" for it.`);
  const inside = parsed.scheme === "s3" ? parsed.key : parsed.path;
  if (localExecution && /[#?]/.test(inside))
    return problem(`"${path}" holds # or ?, at which MLServer would cut it. Rename the file or folder.`);
  const flavour = flavours[kind];
  const mistake = flavour.mistakenPath(inside);
  if (mistake) return problem(`"${path}" is not ${expectedPath(flavour)}. ${mistake}`);
  return [];
}

function required(args: ModelServeArgs): Problem[] {
  const problems: Problem[] = [];
  if (args.kind === undefined) problems.push({ argument: "kind", reason: `It is missing; expected ${KINDS}.` });
  if (args.path === undefined) {
    problems.push({
      argument: "path",
      reason: `It is missing; expected ${isKind(args.kind) ? expectedPath(flavours[args.kind]) : "the model's file or folder"}.`,
    });
  }
  if (isKind(args.kind)) problems.push(...checkImplementation(args.kind, args.implementation), ...checkGroup(args));
  return problems;
}

function checkImplementation(kind: Kind, implementation: unknown): Problem[] {
  const { implementation: own } = flavours[kind];
  const problem = (reason: string): Problem[] => [{ argument: "implementation", reason }];
  if (own === undefined && implementation === undefined)
    return problem(`It is missing; for kind "${kind}" expected the Python class that serves the model.`);
  if (own === undefined || implementation === undefined) return [];
  return problem(`Kind "${kind}" is served by ${own}. Remove it, or use kind "customserve".`);
}

function checkGroup({ kind, huggingface }: ModelServeArgs): Problem[] {
  if (huggingface === undefined || kind === Kind.HuggingfaceServe) return [];
  return [{ argument: "huggingface", reason: `Kind "${kind}" has no such options. Remove it.` }];
}

function checkEnvs(envs: EnvVar[]): Problem[] {
  return envs.flatMap(({ name, value, valueFrom }, index) => {
    const problem = (argument: string, reason: string): Problem[] => [
      { argument: `envs[${index}]${argument}`, reason },
    ];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return problem(".name", `${show(name)} is not the name of an environment variable.`);
    if (value === undefined && valueFrom === undefined) return problem(".value", "It is missing.");
    if (value !== undefined && valueFrom !== undefined)
      return problem("", "Only one of `value` and `valueFrom` can be given.");
    return [];
  });
}

function checkTarget(name: string, args: ModelServeArgs): Problem[] {
  const [foreign, owner] = args.localExecution
    ? ["cluster", "Only a cluster can honour it, and localExecution is true."]
    : ["localExecution", "Only localExecution can honour it, which is not true."];
  const problems = Object.keys(definedOnly(args))
    .filter((argument) => ARGUMENTS[argument as keyof ModelServeArgs]?.only === foreign)
    .map((argument) => ({ argument, reason: `${owner} Remove one of the two.` }));
  return args.localExecution
    ? [...problems, ...checkLocalEnvs(args.envs ?? []), ...checkLocalHuggingface(args.huggingface)]
    : [...problems, ...checkCluster(name, args)];
}

function checkLocalEnvs(envs: EnvVar[]): Problem[] {
  return envs.flatMap(({ valueFrom }, index) =>
    valueFrom === undefined
      ? []
      : [{ argument: `envs[${index}].valueFrom`, reason: "Only a cluster can honour it, and localExecution is true." }],
  );
}

function definedOnly(args: ModelServeArgs): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
