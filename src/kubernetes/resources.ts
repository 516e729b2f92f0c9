import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Computed, compute, computeAll, computeAround } from "../lifted";
import { mebibytes, quantity } from "../quantity";
import type { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";

type ResourceRequirements = types.input.core.v1.ResourceRequirements;

/** Amounts by name, such as `cpu` and `memory`. */
interface Defaults {
  requests: Amounts;
  limits: Amounts;
}

type Amounts = Record<string, pulumi.Input<string>>;

/**
 * For the containers that fetch and prepare the model. Neither loads it; rclone's streams have some 16 MiB each. What they
 * write goes into the pod's volumes, which are counted to the server's ephemeral storage; they have their logs alone.
 */
export const INIT_DEFAULTS: Defaults = {
  requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "64Mi" },
  limits: { memory: "1Gi", "ephemeral-storage": "256Mi" },
};

/** Space for /tmp, in bytes. */
export const SCRATCH = 2 ** 30;

/** Space for the packages of `installRequirements`, in bytes. */
export const PACKAGES = 4 * 2 ** 30;

/** Space for logs and the like beside the volumes, in bytes. */
const LOGS = 256 * 2 ** 20;

/**
 * The user's `resources` over the defaults, amount by amount. Kubernetes counts all the pod's volumes to one ephemeral
 * storage, which the server asks for.
 *
 * @param volumes bytes that the pod's volumes may take together.
 */
export function serverResources(
  kind: Kind,
  volumes: Computed<number>,
  own?: ResourceRequirements,
): ResourceRequirements {
  const { requests, limits } = flavours[kind].resources;
  const storage = "ephemeral-storage";
  const defaults = {
    requests: { ...requests, [storage]: compute(volumes, mebibytes) },
    limits: { ...limits, [storage]: compute(volumes, (bytes) => mebibytes(bytes + LOGS)) },
  };
  return resourcesOver(defaults, own);
}

/** The user's amounts over defaults, each a value of its own. A default never contradicts what the user gives. */
export function resourcesOver({ requests, limits }: Defaults, own: ResourceRequirements = {}): ResourceRequirements {
  const least = Object.entries(requests).map(([name, amount]) => [name, orLimit(amount, leaf(own.limits, name))]);
  const most = Object.entries(limits).map(([name, amount]) => [name, noLessThan(amount, leaf(own.requests, name))]);
  return {
    ...own,
    requests: over(own.requests, Object.fromEntries(least)),
    limits: over(own.limits, Object.fromEntries(most)),
  };
}

function over(own: ResourceRequirements["requests"], defaults: Amounts): pulumi.Input<Amounts> {
  return computeAround(own ?? {}, (amounts) => ({ ...defaults, ...amounts }));
}

/** One amount of a map that may be known only later, as may the amount. */
function leaf(own: ResourceRequirements["requests"], name: string): pulumi.Input<string | undefined> {
  return computeAround(own ?? {}, (amounts) => amounts[name]) as pulumi.Input<string | undefined>;
}

/** As Kubernetes does, takes a limit for the request where that is not given. */
function orLimit(request: pulumi.Input<string>, limit: pulumi.Input<string | undefined>): pulumi.Input<string> {
  return computeAll({ request, limit }, ({ request, limit }) => limit ?? request);
}

function noLessThan(limit: pulumi.Input<string>, request: pulumi.Input<string | undefined>): pulumi.Input<string> {
  return computeAll({ request, limit }, ({ request, limit }) =>
    request !== undefined && (quantity(request) ?? 0) > (quantity(limit) ?? 0) ? request : limit,
  );
}

/** Threads for the libraries of linear algebra: they would take one for each processor of the node. */
export function threads(kind: Kind, own: ResourceRequirements = {}): pulumi.Input<string> {
  const { cpu } = flavours[kind].resources.requests;
  return computeAll({ request: leaf(own.requests, "cpu"), limit: leaf(own.limits, "cpu") }, ({ request, limit }) =>
    String(Math.max(1, Math.ceil(quantity(request ?? limit ?? cpu) ?? 1))),
  );
}
