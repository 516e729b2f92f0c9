import type { ModelServeArgs } from "../args";
import type { VolumeArgs } from "../clusterArgs";
import { type ConversionNote, camelCase, Fields, respelled } from "./fields";

type Volume = VolumeArgs & { mountPath: string };

/** Node selectors: a list of `{ key, value }`, one such, or a map. */
export function nodeSelector(given: unknown): Record<string, string> {
  if (Array.isArray(given)) return Object.assign({}, ...given.map(nodeSelector));
  const { key, value, ...labels } = given as Record<string, string>;
  if (typeof key === "string" && Object.keys(labels).length === 0) return { [key]: value ?? "" };
  return given as Record<string, string>;
}

/**
 * Resources: amounts under `requests` and `limits` of `cpu`, `mem` and `gpu` (releases 0.8 to 0.13), or plain amounts from
 * which the platform computes the limits (since 0.14): memory and a tenth, GPUs as requested.
 */
export function resources(fields: Fields): Pick<ModelServeArgs, "resources" | "modelSize"> {
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const [name, resource] of Object.entries(RESOURCES)) {
    const given = fields.take<string | number | { requests?: string; limits?: string }>(name);
    if (given === undefined) continue;
    if (typeof given === "object") {
      if (given.requests !== undefined && resource !== GPU) requests[resource] = String(given.requests);
      const limit = given.limits ?? (resource === GPU ? given.requests : undefined);
      if (limit !== undefined) limits[resource] = String(limit);
    } else if (resource === GPU) limits[resource] = String(given);
    else requests[resource] = String(given);
    if (resource !== "memory") continue;
    if (typeof given !== "object") {
      limits.memory = String(given).replace(/[\d.]+/, (amount) => String(Math.ceil(Number(amount) * 1.1)));
      fields.converted(name, "Its limit is a tenth more, as the platform computes it.");
    }
    const [, thousandths] = /^(\d+)m$/.exec(requests.memory ?? "") ?? [];
    if (thousandths !== undefined)
      fields.converted(name, `"m" are thousandths, here of a byte. Was "${thousandths}Mi" meant?`);
  }
  const disk = fields.take<string>("disk");
  if (disk !== undefined)
    fields.converted("disk", "It is the room for the model (`modelSize`), which the platform never gave it.");
  fields.end();
  const amounts = { requests, limits };
  const given = Object.values(amounts).some((each) => Object.keys(each).length > 0);
  return { resources: given ? amounts : undefined, modelSize: disk };
}

const GPU = "nvidia.com/gpu";
const RESOURCES: Record<string, string> = { cpu: "cpu", mem: "memory", gpu: GPU };

/** Volumes `{ volume_type, name, mount_path, spec }`. */
export function volumes(given: Record<string, unknown>[], place: string, notes: ConversionNote[]): VolumeArgs[] {
  return given.flatMap((each, index) => {
    const fields = new Fields(each, `${place}[${index}]`, notes);
    const volume = volumeOf(fields);
    fields.end();
    return volume ? [volume] : [];
  });
}

function volumeOf(fields: Fields): VolumeArgs | undefined {
  const type = fields.take<string>("volume_type") ?? "";
  const name = fields.take<string>("name") ?? "volume";
  const mountPath = fields.take<string>("mount_path") ?? "";
  const spec = fields.part("spec");
  const subPath = spec.take<string>("sub_path");
  const make = SOURCES[type];
  if (mountPath === "/shared")
    fields.converted(
      "mount_path",
      "There the platform keeps the model. Here it has a place of its own (`modelSize`); the volume is mounted beside it.",
    );
  const source = make?.(spec, name);
  spec.end();
  if (source) return { name, mountPath, subPath, ...source };
  fields.leftOut(
    "volume_type",
    `ModelServe has no volumes of type "${type}". Those that it has: ${Object.keys(SOURCES).join(", ")}.`,
  );
  return undefined;
}

const SOURCES: Record<string, (spec: Fields, name: string) => Omit<Partial<Volume>, "name" | "mountPath">> = {
  persistent_volume_claim: (spec, name) => {
    const size = spec.take<string>("size");
    const storageClass = spec.take<string>("storage_class");
    if (size !== undefined || storageClass !== undefined)
      spec.converted(
        "size",
        `The platform makes this claim. Here it must be there: make a PersistentVolumeClaim "${name}"${size ? ` of ${size}` : ""}, or use an ephemeral volume.`,
      );
    return { persistentVolumeClaim: { claimName: spec.take<string>("claim_name") ?? name } };
  },
  shared_volume: (spec, name) => ({ persistentVolumeClaim: { claimName: spec.take<string>("claim_name") ?? name } }),
  empty_dir: (spec) => {
    const sizeLimit = spec.take<string>("size_limit");
    const medium = spec.take<string>("medium");
    if (sizeLimit === undefined) spec.converted("size_limit", "It is 128Mi, the platform's default.");
    return { emptyDir: { sizeLimit: sizeLimit ?? "128Mi", medium } };
  },
  ephemeral: (spec) => {
    const size = spec.take<string>("size");
    if (size === undefined) spec.converted("size", "It is 2Gi, the platform's default.");
    const storageClassName = spec.take<string>("storage_class");
    const claim = {
      accessModes: ["ReadWriteOnce"],
      storageClassName,
      resources: { requests: { storage: size ?? "2Gi" } },
    };
    return { ephemeral: { volumeClaimTemplate: { spec: claim } } };
  },
  image: (spec) => ({ image: { reference: spec.take<string>("image"), pullPolicy: "IfNotPresent" } }),
  config_map: (spec, name) => ({ configMap: { name: spec.take<string>("name") ?? name } }),
  secret: (spec, name) => ({ secret: { secretName: spec.take<string>("secret_name") ?? name } }),
};

/** Objects of Kubernetes' own: `affinity`, `tolerations`. */
export function ofKubernetes<T>(given: unknown): T {
  return respelled(given, camelCase) as T;
}
