import type { types } from "@pulumi/kubernetes";
import type { VolumeArgs } from "../clusterArgs";

type Volume = types.input.core.v1.Volume;
type VolumeMount = types.input.core.v1.VolumeMount;

/** The user's volumes, as the pod has them. */
export function volumesOf(volumes: VolumeArgs[] = []): Volume[] {
  return volumes.map(({ mountPath, subPath, readOnly, ...volume }) => volume);
}

/** The user's volumes, as the server sees them. */
export function mountsOf(volumes: VolumeArgs[] = []): VolumeMount[] {
  return volumes.map(({ name, mountPath, subPath, readOnly }) => ({ name, mountPath, subPath, readOnly }));
}
