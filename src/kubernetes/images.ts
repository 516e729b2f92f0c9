import type * as pulumi from "@pulumi/pulumi";
import { compute } from "../lifted";

/** The official image of rclone, a release that the tests run. */
export const FETCH_IMAGE = "rclone/rclone:1.76.0";

/** The processors that the servers' images are made for. */
export const ARCHITECTURE = { "kubernetes.io/arch": "amd64" };

/** An image that we add, from the user's registry if there is one. */
export function from(registry: pulumi.Input<string> | undefined, image: string): pulumi.Input<string> {
  return registry === undefined ? image : compute(registry, (prefix) => `${prefix.replace(/\/+$/, "")}/${image}`);
}
