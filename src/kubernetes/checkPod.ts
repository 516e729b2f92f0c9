import type { ModelServeArgs } from "../args";
import type { VolumeArgs } from "../clusterArgs";
import { isLater } from "../later";
import { quantity } from "../quantity";
import { isKind, type Problem, show } from "../rules";
import { flavours } from "../serving/plan";
import { ALL_SETTINGS } from "../serving/serverSettings";
import { devices, gpus } from "./gpus";

type Amounts = Record<string, unknown>;

/** Variables that would keep the server from starting, or from serving what the resource says, with the reason. */
const BREAKING: Record<string, string> = {
  PATH: "the server's program is found by it",
  PYTHONHOME: "Python would not find its own library",
};

/** What MLServer would take for settings that other arguments have, and what to use instead. Its settings files win, which are generated. */
const SETTINGS: [name: RegExp, instead: string][] = [
  [/^MLSERVER_MODEL_NAME$/i, "`modelName`"],
  [/^MLSERVER_MODEL_URI$/i, "`path`"],
  [/^MLSERVER_MODEL_VERSION$/i, "`modelVersion`"],
  [/^MLSERVER_MODEL_IMPLEMENTATION$/i, "`kind`"],
  [new RegExp(`^MLSERVER_(${ALL_SETTINGS.join("|")})$`, "i"), "`serverSettings`"],
];

/** Volumes and folders of ours in the pod. */
const OWN_VOLUMES = [
  ...["model", "settings", "scripts", "scratch", "archive", "claim", "ca", "environment", "smoke-test"],
  "shared-memory",
];
const OWN_FOLDERS = [
  "/tmp",
  ...["models", "settings", "scripts", "archive", "claim", "ca", "environment", "smoke-test"].map(
    (name) => `/mnt/${name}`,
  ),
];

/** What is wrong with what the pod is to have. */
export function checkPod(args: ModelServeArgs): Problem[] {
  return [
    ...checkResources("resources", args.resources),
    ...checkResources("fetchResources", args.fetchResources),
    ...checkDevices(args),
    ...checkVariables(args),
    ...(args.volumes ?? []).flatMap((volume, index) => checkVolume(volume, index, ownFolders(args.kind))),
    ...checkTwice(
      "volumes",
      (args.volumes ?? []).map(({ name }) => name),
    ),
    ...checkLabels(args),
  ];
}

function checkResources(argument: string, resources: ModelServeArgs["resources"]): Problem[] {
  const amounts = (group: "requests" | "limits") => plain(resources?.[group]);
  const wrong = (["requests", "limits"] as const).flatMap((group) =>
    Object.entries(amounts(group))
      .filter(([, amount]) => !isLater(amount) && quantity(amount as string) === undefined)
      .map(([name, amount]) => ({
        argument: `${argument}.${group}.${name}`,
        reason: `${show(amount)} is not a Kubernetes quantity such as "500m" or "2Gi".`,
      })),
  );
  const contrary = Object.entries(amounts("requests"))
    .filter(([name, request]) => number(request) > number(amounts("limits")[name]))
    .map(([name, request]) => ({
      argument: `${argument}.requests.${name}`,
      reason: `${show(request)} is more than the limit ${show(amounts("limits")[name])}. Raise the limit, or lower the request.`,
    }));
  return [...wrong, ...contrary];
}

function number(amount: unknown): number {
  return (isLater(amount) || amount === undefined ? undefined : quantity(amount as string)) ?? Number.NaN;
}

function checkDevices({ kind, resources, image }: ModelServeArgs): Problem[] {
  if (image !== undefined) return [];
  const usable = isHuggingfaceServer(kind) ? gpus(resources) : [];
  return devices(resources)
    .filter((name) => !usable.includes(name))
    .map((name) => ({
      argument: `resources.limits.${name}`,
      reason: "The default image has no libraries for it, so the device would be idle. Give an `image` that uses it.",
    }));
}

function checkVariables({ envs = [], secretEnvs = {} }: ModelServeArgs): Problem[] {
  const names = [
    ...envs.map(({ name }, index): [string, string] => [`envs[${index}].name`, name]),
    ...Object.keys(secretEnvs).map((name): [string, string] => [`secretEnvs.${name}`, name]),
  ];
  const breaking = names.flatMap(([argument, name]) => {
    if (BREAKING[name])
      return [{ argument, reason: `${show(name)} would break serving: ${BREAKING[name]}. Remove it.` }];
    const instead = SETTINGS.find(([pattern]) => pattern.test(name))?.[1];
    if (instead === undefined) return [];
    return [{ argument, reason: `${show(name)} is a setting of MLServer, whose files win. Use ${instead}.` }];
  });
  const wrong = Object.keys(secretEnvs)
    .filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map((name) => ({
      argument: `secretEnvs.${name}`,
      reason: `${show(name)} is not the name of an environment variable.`,
    }));
  const missing = Object.entries(secretEnvs)
    .filter(([, value]) => value === undefined || value === null)
    .map(([name]) => ({ argument: `secretEnvs.${name}`, reason: "It is missing. Give it, or remove the variable." }));
  return [
    ...breaking,
    ...wrong,
    ...missing,
    ...checkTwice(
      "envs",
      names.map(([, name]) => name),
    ),
  ];
}

function checkTwice(argument: string, names: string[]): Problem[] {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => ({
    argument,
    reason: `${show(name)} is there twice. Remove one of the two.`,
  }));
}

/** KServe's server has its shared memory, beside what all have. */
function ownFolders(kind: unknown): string[] {
  return isHuggingfaceServer(kind) ? [...OWN_FOLDERS, "/dev/shm"] : OWN_FOLDERS;
}

function isHuggingfaceServer(kind: unknown): boolean {
  return isKind(kind) && flavours[kind].server === "huggingfaceserver";
}

function checkVolume(volume: VolumeArgs, index: number, folders: string[]): Problem[] {
  const { name, mountPath, subPath, readOnly, ...sources } = volume;
  const problem = (argument: string, reason: string): Problem => ({ argument: `volumes[${index}]${argument}`, reason });
  const problems: Problem[] = [];
  const given = Object.entries(sources).filter(([, source]) => source !== undefined);
  if (given.length !== 1)
    problems.push(
      problem(
        "",
        `It has ${given.length === 0 ? "no source" : given.map(([source]) => `\`${source}\``).join(" and ")}; expected one of \`persistentVolumeClaim\`, \`emptyDir\`, \`configMap\`, \`secret\`, \`ephemeral\` and \`image\`.`,
      ),
    );
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    problems.push(
      problem(".name", `${show(name)} is not the name of a volume: up to 63 lower-case letters, digits and \`-\`.`),
    );
  if (OWN_VOLUMES.includes(name))
    problems.push(problem(".name", `${show(name)} is a volume of ours. Give it another name.`));
  if (!isLater(mountPath)) {
    const path = String(mountPath);
    const own = folders.find(
      (folder) => path === folder || path.startsWith(`${folder}/`) || folder.startsWith(path.replace(/\/*$/, "/")),
    );
    if (!path.startsWith("/")) problems.push(problem(".mountPath", `${show(mountPath)} is not an absolute path.`));
    else if (own)
      problems.push(
        problem(".mountPath", `${show(mountPath)} would hide ${own}, which serving needs. Mount it elsewhere.`),
      );
  }
  return problems;
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const EXPECTED = "up to 63 letters, digits, `-`, `_` and `.`, the first and last a letter or digit";
const OWN_LABELS = /^app\.kubernetes\.io\/(name|instance|component|managed-by)$/;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function checkLabels({ labels = {}, podLabels = {}, modelVersion }: ModelServeArgs): Problem[] {
  const version: Problem[] =
    typeof modelVersion === "string" && !NAME.test(modelVersion)
      ? [
          {
            argument: "modelVersion",
            reason: `${show(modelVersion)} is not the value of a Kubernetes label, ${EXPECTED}.`,
          },
        ]
      : [];
  const wrong = Object.entries({ labels, podLabels }).flatMap(([argument, all]) =>
    Object.entries(all).flatMap(([key, value]) => {
      const problem = (reason: string): Problem[] => [{ argument: `${argument}.${key}`, reason }];
      const [name = "", prefix, ...more] = key.split("/").reverse();
      if (more.length > 0 || !NAME.test(name) || (prefix !== undefined && !PREFIX.test(prefix)))
        return problem(`${show(key)} is not the key of a Kubernetes label.`);
      if (OWN_LABELS.test(key)) return problem("It tells the model's objects from others. Use another key.");
      if (!isLater(value) && value !== "" && !NAME.test(String(value)))
        return problem(`${show(value)} is not the value of a Kubernetes label, ${EXPECTED}.`);
      return [];
    }),
  );
  return [...version, ...wrong];
}

function plain(amounts: unknown): Amounts {
  return amounts === undefined || amounts === null || isLater(amounts) ? {} : (amounts as Amounts);
}
