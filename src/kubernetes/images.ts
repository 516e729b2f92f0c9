import type * as pulumi from "@pulumi/pulumi";
import { compute } from "../lifted";
import type { Kind } from "../serving/kind";
import { flavours, MLSERVER_VERSION } from "../serving/plan";

/** The official image of rclone, a release that the tests run. */
export const FETCH_IMAGE = "rclone/rclone:1.76.0";

/** The processors that MLServer's images are made for. */
export const ARCHITECTURE = { "kubernetes.io/arch": "amd64" };

export function serverImage(kind: Kind, registry?: pulumi.Input<string>): pulumi.Input<string> {
  const { imageSuffix } = flavours[kind];
  return from(registry, `seldonio/mlserver:${[MLSERVER_VERSION, imageSuffix].filter(Boolean).join("-")}`);
}

/** An image that we add, from the user's registry if there is one. */
export function from(registry: pulumi.Input<string> | undefined, image: string): pulumi.Input<string> {
  return registry === undefined ? image : compute(registry, (prefix) => `${prefix.replace(/\/+$/, "")}/${image}`);
}
