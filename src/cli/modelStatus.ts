import { realpathSync } from "node:fs";
import { failedStart, lastOf, lookAtServer, type ServerLook } from "../local/serverLook";
import { type Snapshot, snapshot } from "../readiness/snapshot";
import { Unseen } from "../readiness/unseen";
import { EXIT } from "./exit";
import type { ClusterPlace, Model } from "./models";
import { accessOf, clusterOf, type ModelOptions } from "./stackOptions";

export type ModelState = Snapshot["state"] | ServerLook["state"] | "incomplete";

/** What the states mean. docs/status.md has the same table. */
export const STATES: Record<ModelState, string> = {
  serving: "all pods that are wanted, or the process, serve it as it was last applied",
  starting: "it does not yet, and nothing says that it will not",
  stuck: "it will not by itself; an earlier revision may go on serving",
  undone: "an update did not serve, and what served before was put back",
  down: "nothing of it runs any more",
  stopped: "it is to be down",
  incomplete: "it never finished being created",
  unseen: "it could not be seen",
};

/** What `modelserve status` says of one model; with `--json` as it is. docs/status.md describes it. */
export interface ModelStatus {
  name: string;
  urn: string;
  state: ModelState;
  url?: string;
  externalUrl?: string;
  /** Why it does not serve, or could not be seen, where `kubernetes.findings` do not say. */
  why?: string;
  /** What to do, in one sentence. */
  next?: string;
  kubernetes?: KubernetesStatus;
  local?: LocalStatus;
}

export interface KubernetesStatus extends Partial<Omit<Snapshot, "state">> {
  namespace: string;
  deployment: string;
}

/** Of a server whose first start failed there is its log alone. */
export type LocalStatus = Partial<Omit<ServerLook, "state" | "why" | "lines">> & Pick<ServerLook, "lines">;

/** Looks at a model where it runs. */
export async function statusOf(model: Model, options: ModelOptions): Promise<ModelStatus> {
  const { name, urn, url, externalUrl, place } = model;
  const common = { name, urn, url, externalUrl };
  if (!place) return { ...common, ...(await incomplete(model, options)) };
  if (place.on === "kubernetes") return { ...common, ...(await onCluster(place, options)) };
  const { state, why, ...local } = await lookAtServer(place.server);
  return { ...common, state, why, next: LOCAL_NEXT[state], local };
}

/** What the command exits with. */
export function exitCodeOf(states: ModelState[]): number {
  const others = states.filter((state) => state !== "serving");
  if (others.length === 0) return EXIT.ok;
  return others.every((state) => state === "unseen") ? EXIT.unseen : EXIT.notServing;
}

type Found = Omit<ModelStatus, "name" | "urn" | "url" | "externalUrl">;

const LOCAL_NEXT: Partial<Record<ModelState, string>> = {
  down: "Run `pulumi up`, which starts it again.",
  starting: "Give it time, or see its log: `modelserve logs`.",
  unseen: "Run `modelserve status` there.",
};

const UNDONE = {
  why: 'what was applied last did not serve, and what served before was put back (`onFailure: "undo"`)',
  next: "Run `pulumi up`, which takes it up again, and says why if it fails.",
};

async function onCluster(place: ClusterPlace, options: ModelOptions): Promise<Found> {
  const { namespace, deployment } = place.target;
  const where = { namespace, deployment };
  try {
    const found = await snapshot(await clusterOf(place, options), place.target);
    if (!found) return { ...missing(place, options), kubernetes: where };
    const { state, ...kubernetes } = found;
    return { state, ...(state === "undone" ? UNDONE : {}), kubernetes: { ...where, ...kubernetes } };
  } catch (error) {
    if (!(error instanceof Unseen)) throw error;
    const next = error.forbidden
      ? "Ask for the rights in docs/status.md, or give another kubeconfig by --kubeconfig or --context."
      : "Give a kubeconfig of the model's cluster by --kubeconfig, or a context by --context.";
    return { state: "unseen", why: error.message, next, kubernetes: where };
  }
}

/** The Deployment is not there: it was deleted, unless this is another cluster than Pulumi's. */
function missing({ access, target }: ClusterPlace, options: ModelOptions): Found {
  const name = `Deployment ${target.namespace}/${target.deployment}`;
  const { kubeconfig, context } = access;
  const isPulumis = options.kubeconfig === undefined && options.context === undefined && Boolean(kubeconfig ?? context);
  if (isPulumis) {
    return {
      state: "down",
      why: `the cluster has no ${name} that Pulumi made`,
      next: "Run `pulumi up --refresh`, which makes it again.",
    };
  }
  const used = accessOf(access, options);
  const by = used.context === undefined ? "the kubeconfig's current context" : `the context "${used.context}"`;
  return {
    state: "unseen",
    why: `the cluster of ${by} has no ${name} that Pulumi made: it was deleted, or is in another cluster`,
    next: "Give the model's cluster by --kubeconfig or --context; if this is it, run `pulumi up --refresh`.",
  };
}

/** A model of which the state has only the component: its creation failed, or was cut off. */
async function incomplete({ urn }: Model, { cwd }: ModelOptions): Promise<Found> {
  const log = await failedStart(urn, realpathSync(cwd));
  const found: Found = {
    state: "incomplete",
    why: "it never finished being created: its update failed, or was cut off, before anything that serves it was made",
    next: "Run `pulumi up`.",
  };
  if (log === undefined) return found;
  return { ...found, local: { log, ...(await lastOf(log)) } };
}
