import type { ModelServeArgs } from "../args";
import type { VolumeArgs } from "../clusterArgs";
import { isGroup } from "../rules";
import { camelCase, type Fields, respelled, textsOf } from "./fields";

type Volume = VolumeArgs & { mountPath: string };

/** Node selectors: a list of `{ key, value }`, one such, or a map. */
export function nodeSelector(fields: Fields): Record<string, string> | undefined {
  const given = fields.take("node_selector");
  if (given === undefined) return undefined;
  const labels = [given].flat();
  if (!labels.every(isGroup)) fields.refused("node_selector", `It is neither a map nor a list of labels.`);
  return Object.assign({}, ...labels.filter(isGroup).map(label));
}

function label(given: Record<string, unknown>): Record<string, string> {
  const { key, value, ...others } = given;
  return textsOf(typeof key === "string" && Object.keys(others).length === 0 ? { [key]: value ?? "" } : given);
}

/**
 * Resources: amounts under `requests` and `limits` of `cpu`, `mem` and `gpu` (releases 0.8 to 0.13), or plain amounts from
 * which the platform computes the limits (since 0.14): memory and a tenth, rounded up to a whole number; GPUs as requested.
 */
export function resources(fields: Fields): Pick<ModelServeArgs, "resources" | "modelSize"> {
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const [name, resource] of Object.entries(RESOURCES)) {
    const given = fields.take(name);
    if (given === undefined) continue;
    if (isGroup(given)) {
      if (given.requests !== undefined && resource !== GPU) requests[resource] = String(given.requests);
      const limit = given.limits ?? (resource === GPU ? given.requests : undefined);
      if (limit !== undefined) limits[resource] = String(limit);
    } else if (resource === GPU) limits[resource] = String(given);
    else requests[resource] = String(given);
    if (resource !== "memory") continue;
    if (!isGroup(given)) {
      limits.memory = String(given).replace(/[\d.]+/, (amount) => String(Math.ceil(Number(amount) * 1.1)));
      fields.converted(name, `Its limit is ${limits.memory}: a tenth more, rounded up, as the platform computes it.`);
    }
    const [, thousandths] = /^(\d+)m$/.exec(requests.memory ?? "") ?? [];
    if (thousandths !== undefined)
      fields.converted(name, `"m" are thousandths, here of a byte. Was "${thousandths}Mi" meant?`);
  }
  const disk = fields.text("disk");
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
export function volumes(serving: Fields): VolumeArgs[] | undefined {
  const given = serving.parts("volumes").flatMap((fields) => {
    const volume = volumeOf(fields);
    fields.end();
    return volume ? [volume] : [];
  });
  return given.length > 0 ? given : undefined;
}

function volumeOf(fields: Fields): VolumeArgs | undefined {
  const type = fields.text("volume_type") ?? "";
  const name = fields.text("name") ?? "volume";
  const mountPath = fields.text("mount_path") ?? "";
  const spec = fields.part("spec");
  const subPath = spec.text("sub_path");
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
    const size = spec.text("size");
    const storageClass = spec.text("storage_class");
    if (size !== undefined || storageClass !== undefined)
      spec.converted(
        "size",
        `The platform makes this claim. Here it must be there: make a PersistentVolumeClaim "${name}"${size ? ` of ${size}` : ""}, or use an ephemeral volume.`,
      );
    return { persistentVolumeClaim: { claimName: spec.text("claim_name") ?? name } };
  },
  shared_volume: (spec, name) => ({ persistentVolumeClaim: { claimName: spec.text("claim_name") ?? name } }),
  empty_dir: (spec) => {
    const sizeLimit = spec.text("size_limit");
    const medium = spec.text("medium");
    if (sizeLimit === undefined) spec.converted("size_limit", "It is 128Mi, the platform's default.");
    return { emptyDir: { sizeLimit: sizeLimit ?? "128Mi", medium } };
  },
  ephemeral: (spec) => {
    const size = spec.text("size");
    if (size === undefined) spec.converted("size", "It is 2Gi, the platform's default.");
    const storageClassName = spec.text("storage_class");
    const claim = {
      accessModes: ["ReadWriteOnce"],
      storageClassName,
      resources: { requests: { storage: size ?? "2Gi" } },
    };
    return { ephemeral: { volumeClaimTemplate: { spec: claim } } };
  },
  image: (spec) => ({ image: { reference: spec.text("image"), pullPolicy: "IfNotPresent" } }),
  config_map: (spec, name) => ({ configMap: { name: spec.text("name") ?? name } }),
  secret: (spec, name) => ({ secret: { secretName: spec.text("secret_name") ?? name } }),
};

/** Objects of Kubernetes' own: `affinity`, `tolerations`. */
export function ofKubernetes<T>(given: unknown): T {
  return respelled(given, camelCase) as T;
}
