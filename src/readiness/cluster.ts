import { existsSync } from "node:fs";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { digest } from "../digest";
import { NamespaceWatch } from "./namespaceWatch";

/** How a cluster is reached. */
export interface Access {
  /** Content of a kubeconfig, or its file. Default: that of kubectl (`KUBECONFIG`, `~/.kube/config`). */
  kubeconfig?: string;
  /** Context in it. Default: its current one. */
  context?: string;
}

/** The library is loaded when it is needed: it takes a while, and in programs nothing else needs it. */
export function kubernetesClient() {
  return import("@kubernetes/client-node");
}

/** A cluster as one process sees it. All who ask for the same one share it, and so its watches. */
export class Cluster {
  private readonly watches = new Map<string, NamespaceWatch>();

  private constructor(readonly config: KubeConfig) {}

  /** @throws Error when there is no such context, or no cluster at all. */
  static async at({ kubeconfig, context }: Access): Promise<Cluster> {
    const key = digest({ kubeconfig, context });
    const known = clusters.get(key) ?? Cluster.connect({ kubeconfig, context });
    clusters.set(key, known);
    known.catch(() => clusters.delete(key));
    return known;
  }

  private static async connect({ kubeconfig, context }: Access): Promise<Cluster> {
    const { KubeConfig } = await kubernetesClient();
    const config = new KubeConfig();
    if (kubeconfig === undefined) config.loadFromDefault();
    else if (/[\n{]/.test(kubeconfig)) config.loadFromString(kubeconfig);
    else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig);
    else throw new Error("The kubeconfig is neither the content of one nor the path of a file that is there.");
    if (context !== undefined) {
      const known = config.getContexts().map(({ name }) => name);
      if (!known.includes(context))
        throw new Error(`The kubeconfig has no context "${context}". It has ${known.join(", ") || "none"}.`);
      config.setCurrentContext(context);
    }
    if (!config.getCurrentCluster())
      throw new Error("The kubeconfig has no current context with a cluster. Give one of its contexts (`context`).");
    return new Cluster(config);
  }

  /** The objects of all models in a namespace, watched for as long as somebody looks at them. */
  watch(namespace: string): NamespaceWatch {
    const watch = this.watches.get(namespace) ?? new NamespaceWatch(this.config, namespace);
    this.watches.set(namespace, watch);
    return watch;
  }
}

const clusters = new Map<string, Promise<Cluster>>();
