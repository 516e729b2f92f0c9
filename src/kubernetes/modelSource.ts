import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";

type Volume = types.input.core.v1.Volume;
type VolumeMount = types.input.core.v1.VolumeMount;

/** How the model comes into the pod. */
export type ModelSource =
  /** A small model of the machine on which Pulumi runs, as an archive in a ConfigMap. */
  | { from: "archive"; configMapName: Input<string> }
  /** An object store, from which an init container fetches it. */
  | { from: "store" }
  /** The Hugging Face Hub, from which one fetches it that runs in the server's image. */
  | { from: "hub" }
  /** A PersistentVolumeClaim that holds it. */
  | { from: "claim"; claimName: string; path: string };

/** Where all containers see the model. */
export const MODELS = "/mnt/models";

/** What the server loads: a link that `prepare-model` sets, so that MLServer's settings are the same for all sources. */
export const SERVED = `${MODELS}/model`;

/** Where `fetch-model` puts what it fetches. */
export const FETCHED = `${MODELS}/fetched`;

/** Where packages are that the model needs beside the image's. */
export const ENVIRONMENT = "/mnt/environment";

const ARCHIVE = "/mnt/archive";
const CLAIM = "/mnt/claim";

/** The key of the ConfigMap that holds the archive. */
export const ARCHIVE_KEY = "model.zip";

/** What a source adds to the pod. */
interface Place {
  /** The file or folder that `prepare-model` starts from. */
  path: string;
  volumes: Volume[];
  /** For `prepare-model`. */
  mounts: VolumeMount[];
  /** For the server. */
  serverMounts: VolumeMount[];
}

/** Whether an init container fetches the model. */
export function isFetched({ from }: ModelSource): boolean {
  return from === "store" || from === "hub";
}

export function placeOf(source: ModelSource): Place {
  switch (source.from) {
    case "store":
    case "hub":
      return { path: FETCHED, volumes: [], mounts: [], serverMounts: [] };
    case "archive": {
      const mount = { name: "archive", mountPath: ARCHIVE, readOnly: true };
      const volume = { name: "archive", configMap: { name: source.configMapName } };
      return { path: `${ARCHIVE}/${ARCHIVE_KEY}`, volumes: [volume], mounts: [mount], serverMounts: [] };
    }
    case "claim": {
      const mount = { name: "claim", mountPath: CLAIM, readOnly: true };
      const volume = { name: "claim", persistentVolumeClaim: { claimName: source.claimName, readOnly: true } };
      const path = source.path === "" ? CLAIM : `${CLAIM}/${source.path}`;
      return { path, volumes: [volume], mounts: [mount], serverMounts: [mount] };
    }
  }
}
