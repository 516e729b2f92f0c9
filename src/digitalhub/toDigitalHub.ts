import type { ModelServeArgs } from "../args";
import type { VolumeArgs } from "../clusterArgs";
import { labelList, platformPath } from "../definition";
import { hasLater } from "../later";
import type { DigitalHubDefinition } from "./entities";
import { type ConversionNote, respelled, snakeCase } from "./fields";
import { huggingfaceParameters } from "./huggingface";

/** A model's definition for the platform, and what of its arguments that has no place for. */
export interface ExportedDefinition extends Required<DigitalHubDefinition> {
  notes: ConversionNote[];
}

/**
 * The function, task and run of the DigitalHub platform for a model, in the form of release 0.10, which all later ones read.
 * `fromDigitalHub` makes the same arguments of it, but for those that have a note.
 *
 * @param name the function's name.
 * @param args arguments whose values are plain ones: Outputs are not known outside of a program.
 * @param project the platform's project, for references. Default: `args.project`, else `default`.
 * @throws Error that names the arguments that are known only later.
 */
export function toDigitalHub(name: string, args: ModelServeArgs, project?: string): ExportedDefinition {
  const later = Object.entries(args).filter(([, value]) => hasLater(value));
  if (later.length > 0)
    throw new Error(
      `These arguments are known only while a program runs: ${later.map(([argument]) => argument).join(", ")}. Give plain values.`,
    );
  const notes: ConversionNote[] = [];
  const left = new Map(Object.entries(args).filter(([, value]) => value !== undefined));
  const take = (argument: keyof ModelServeArgs): any => {
    const value = left.get(argument);
    left.delete(argument);
    return value;
  };
  const leftOut = (field: string, text: string) => notes.push({ field, outcome: "left-out", text });
  const kind = take("kind");
  const home = take("project") ?? project ?? "default";
  const id = take("uuid");
  const reference = `${home}/${name}${id ? `:${id}` : ""}`;
  const labels = take("labels") as Record<string, string> | undefined;
  const metadata = {
    name,
    project: home,
    description: take("description"),
    labels: labels && labelList(labels),
    embedded: take("embedded"),
  };
  const spec = { path: platformPath(take("path")), model_name: take("modelName") ?? name, image: take("image") };
  const selector = take("nodeSelector") as Record<string, string> | undefined;
  const volumes = take("volumes") as VolumeArgs[] | undefined;
  const huggingface = huggingfaceParameters(take("huggingface"), leftOut);
  const serve = {
    function: `${kind}://${reference}`,
    node_selector: selector && Object.entries(selector).map(([key, value]) => ({ key, value })),
    volumes: volumes?.flatMap((volume, index) => volumeRecord(volume, `volumes[${index}]`, leftOut)),
    resources: resourceRecord(take("resources"), take("modelSize"), leftOut),
    affinity: respelled(take("affinity"), snakeCase),
    tolerations: respelled(take("tolerations"), snakeCase),
    envs: envRecords(take("envs") ?? [], leftOut),
    secrets: take("secrets"),
    profile: take("profile"),
    replicas: take("replicas"),
    service_type: take("serviceType"),
    service_name: take("serviceName"),
    runtime_class: take("runtimeClassName"),
    priority_class: take("priorityClassName"),
    ...huggingface.task,
  };
  const local_execution = take("localExecution") === true;
  if (take("installRequirements") !== true && kind === "mlflowserve" && !local_execution)
    notes.push({
      field: "installRequirements",
      outcome: "converted",
      text: "The platform always installs a model's requirements.",
    });
  for (const argument of left.keys()) leftOut(argument, "The platform has no such parameter.");
  return compact({
    function: {
      kind,
      name,
      project: home,
      id,
      key: `store://${home}/function/${kind}/${name}${id ? `:${id}` : ""}`,
      metadata,
      spec,
    },
    task: { kind: `${kind}+serve`, project: home, metadata: { project: home }, spec: serve },
    run: {
      kind: `${kind}+run`,
      project: home,
      metadata: { project: home },
      spec: { function: `${kind}://${reference}`, local_execution, ...huggingface.run },
    },
    notes,
  });
}

type LeftOut = (field: string, text: string) => void;

function envRecords(envs: NonNullable<ModelServeArgs["envs"]>, leftOut: LeftOut) {
  return envs.flatMap(({ name, value }, index) => {
    if (value !== undefined) return [{ name, value }];
    leftOut(`envs[${index}]`, `The platform takes the value of ${name} from nowhere else.`);
    return [];
  });
}

/** The platform's types of volumes by their sources here, and what it calls the fields of these. */
const VOLUMES: Record<string, [type: string, fields: Record<string, string>]> = {
  persistentVolumeClaim: ["persistent_volume_claim", { claimName: "claim_name" }],
  emptyDir: ["empty_dir", { sizeLimit: "size_limit", medium: "medium" }],
  image: ["image", { reference: "image" }],
  configMap: ["config_map", { name: "name" }],
  secret: ["secret", { secretName: "secret_name" }],
  "ephemeral.volumeClaimTemplate.spec": ["ephemeral", { size: "size", storageClassName: "storage_class" }],
};

/** Fields with the only values that the platform has for them. */
const FIXED: Record<string, string> = { pullPolicy: "IfNotPresent", accessModes: "ReadWriteOnce" };

function volumeRecord(volume: any, place: string, leftOut: LeftOut): object[] {
  const { name, mountPath, subPath, readOnly, ephemeral, ...sources } = volume;
  if (readOnly) leftOut(`${place}.readOnly`, "The platform mounts volumes to be written to.");
  if (ephemeral) {
    const { resources, ...claim } = ephemeral.volumeClaimTemplate.spec;
    sources["ephemeral.volumeClaimTemplate.spec"] = { ...claim, size: resources?.requests?.storage };
  }
  const [source = "", given] = Object.entries<any>(sources).find(([, each]) => each !== undefined) ?? [];
  const [volume_type, fields] = VOLUMES[source] ?? ["", {}];
  if (source === "emptyDir" && given.sizeLimit === undefined)
    leftOut(`${place}.emptyDir.sizeLimit`, "The platform makes it 128Mi where there is none.");
  const spec: Record<string, unknown> = { sub_path: subPath };
  for (const [field, value] of Object.entries<any>(given ?? {})) {
    if (fields[field]) spec[fields[field]] = value;
    else if (value !== undefined && String(value) !== FIXED[field])
      leftOut(`${place}.${source}.${field}`, "The platform's volumes have no such field.");
  }
  return [{ volume_type, name, mount_path: mountPath, spec }];
}

const RESOURCES: Record<string, string> = { cpu: "cpu", memory: "mem", "nvidia.com/gpu": "gpu" };

function resourceRecord(resources: any, disk: string | undefined, leftOut: LeftOut): object | undefined {
  if (resources === undefined && disk === undefined) return undefined;
  const record: Record<string, Record<string, string> | string> = disk === undefined ? {} : { disk };
  for (const bound of ["requests", "limits"] as const)
    for (const [resource, amount] of Object.entries<string>(resources?.[bound] ?? {})) {
      const name = RESOURCES[resource];
      if (name) record[name] = { ...(record[name] as Record<string, string>), [bound]: String(amount) };
      else leftOut(`resources.${bound}.${resource}`, "The platform knows CPU, memory and GPUs alone.");
    }
  return record;
}

/** Without members that have no value, as the platform writes its records. */
function compact<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
