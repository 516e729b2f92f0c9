import { existsSync } from "node:fs";
import type { Command } from "commander";
import { type Access, Cluster } from "../readiness/cluster";
import { Unseen } from "../readiness/unseen";
import { Failure } from "./exit";
import { type ClusterPlace, chosen, type Model, modelsOf } from "./models";
import { exportedState, type StackOptions } from "./stackState";

/** Options of every command that is about the models of a stack. */
export interface ModelOptions extends StackOptions {
  /** File of a kubeconfig, instead of the one that Pulumi used. */
  kubeconfig?: string;
  /** Context in it, or in the one that Pulumi used. */
  context?: string;
}

export function withStackOptions(command: Command): Command {
  return command
    .option("-s, --stack <name>", "the stack (default: the one that is selected, as for pulumi)")
    .option("-C, --cwd <folder>", "folder of the Pulumi program", ".");
}

export function withModelOptions(command: Command): Command {
  return withStackOptions(command)
    .option("--kubeconfig <file>", "reach clusters by this kubeconfig (default: as Pulumi did)")
    .option("--context <name>", "reach clusters by this context (default: as Pulumi did)");
}

/**
 * The models of the stack that are named, or all where none is. Secrets are decrypted only when a kubeconfig that is needed
 * is one.
 *
 * @throws Failure when the stack cannot be read, or has no such model.
 */
export async function modelsOfStack(names: string[], options: ModelOptions): Promise<Model[]> {
  const models = chosen(modelsOf(await exportedState(options, false)), names);
  const needed = models.some(({ place }) => place?.on === "kubernetes" && place.encrypted);
  if (!needed || options.kubeconfig !== undefined) return models;
  return chosen(modelsOf(await exportedState(options, true)), names);
}

/** How a model's cluster is reached: as the options say, else as Pulumi did, else as kubectl does. */
export function accessOf(known: Access, { kubeconfig, context }: ModelOptions): Access {
  if (kubeconfig !== undefined) return { kubeconfig, context };
  return { kubeconfig: known.kubeconfig, context: context ?? known.context };
}

/**
 * The cluster of a model.
 *
 * @throws Failure when an option is wrong, Unseen when what the state, or the ambient kubeconfig, says does not do.
 */
export async function clusterOf({ access }: ClusterPlace, options: ModelOptions): Promise<Cluster> {
  const { kubeconfig, context } = options;
  if (kubeconfig !== undefined && !existsSync(kubeconfig))
    throw new Failure(`--kubeconfig "${kubeconfig}": there is no such file. Name a kubeconfig.`);
  return Cluster.at(accessOf(access, options)).catch((error: Error) => {
    const [reason = ""] = error.message.split("\n"); // the next lines may quote the kubeconfig
    if (context !== undefined) throw new Failure(`--context "${context}": ${reason}`);
    if (kubeconfig !== undefined) throw new Failure(`--kubeconfig "${kubeconfig}": ${reason}`);
    const whose = access.kubeconfig === undefined ? "of this shell (KUBECONFIG, else ~/.kube/config)" : "in the state";
    throw new Unseen(`the kubeconfig ${whose} cannot be used: ${reason}`);
  });
}
