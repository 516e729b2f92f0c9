import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { when } from "../lifted";
import type { Kind } from "../serving/kind";
import { mebibytes, quantity } from "./quantity";

type ResourceRequirements = types.input.core.v1.ResourceRequirements;

/**
 * What a server asks for unless `resources` says otherwise. CPU has no limit: a limit slows a server down while
 * processors are idle. Memory has one, so that one model cannot end its neighbours.
 */
export const SERVER_DEFAULTS: Record<Kind, { cpu: string; memory: string; memoryLimit: string }> = {
  sklearnserve: { cpu: "250m", memory: "512Mi", memoryLimit: "1Gi" },
  mlflowserve: { cpu: "500m", memory: "1Gi", memoryLimit: "2Gi" },
};

/** For the containers that fetch and prepare the model. Neither loads it; rclone's streams have some 16 MiB each. */
export const INIT_DEFAULTS: ResourceRequirements = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { memory: "1Gi" },
};

/** Space for /tmp, in bytes. */
export const SCRATCH = 2 ** 30;

/** Space for the packages of `installRequirements`, in bytes. */
export const PACKAGES = 4 * 2 ** 30;

/** Space for logs and the like beside the volumes, in bytes. */
const LOGS = 256 * 2 ** 20;

/**
 * The user's `resources` over the defaults, value by value. Kubernetes counts all the pod's volumes to one ephemeral
 * storage, which the server asks for.
 *
 * @param volumes bytes that the pod's volumes may take together.
 */
export function serverResources(
  kind: Kind,
  own: ResourceRequirements = {},
  volumes: pulumi.Input<number>,
): ResourceRequirements {
  const { cpu, memory, memoryLimit } = SERVER_DEFAULTS[kind];
  const storage = pulumi.output(volumes);
  const given = (group: "requests" | "limits", name: string) => leaf(own[group], name);
  return {
    ...own,
    requests: over(own.requests, {
      cpu: given("limits", "cpu").apply((limit) => limit ?? cpu),
      memory: given("limits", "memory").apply((limit) => limit ?? memory),
      "ephemeral-storage": storage.apply(mebibytes),
    }),
    limits: over(own.limits, {
      memory: given("requests", "memory").apply((request) => larger(request, memoryLimit)),
      "ephemeral-storage": pulumi
        .all([given("requests", "ephemeral-storage"), storage])
        .apply(([request, bytes]) => larger(request, mebibytes(bytes + LOGS))),
    }),
  };
}

type Amounts = Record<string, pulumi.Input<string>>;

/** The user's amounts over the defaults; each stays a value of its own. */
function over(own: ResourceRequirements["requests"], defaults: Amounts): pulumi.Input<Amounts> {
  return own === undefined ? defaults : when(own, (amounts) => ({ ...defaults, ...amounts }));
}

function leaf(own: ResourceRequirements["requests"], name: string): pulumi.Output<string | undefined> {
  const value = own === undefined ? undefined : when(own, (amounts) => amounts[name]);
  return pulumi.output(value as pulumi.Input<string | undefined>);
}

/** A default limit never contradicts a request. */
function larger(request: string | undefined, limit: string): string {
  return request !== undefined && (quantity(request) ?? 0) > (quantity(limit) ?? 0) ? request : limit;
}

/** Threads for the libraries of linear algebra: they would take one for each processor of the node. */
export function threads(kind: Kind, own: ResourceRequirements = {}): pulumi.Output<string> {
  return pulumi
    .all([leaf(own.requests, "cpu"), leaf(own.limits, "cpu")])
    .apply(([request, limit]) =>
      String(Math.max(1, Math.ceil(quantity(request ?? limit ?? SERVER_DEFAULTS[kind].cpu) ?? 1))),
    );
}
