import type { Informer, KubeConfig, KubernetesListObject, KubernetesObject } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import { canonical } from "../digest";
import { kubernetesClient } from "./cluster";
import { isRefusal, reasonOf } from "./clusterError";
import type { CoreV1Event, Objects, V1Deployment, V1Pod, V1ReplicaSet, V1Service } from "./objects";

/** The label that all objects of all models have. */
const MODELS = "app.kubernetes.io/name=modelserve";

const PATHS = {
  deployments: "/apis/apps/v1",
  replicasets: "/apis/apps/v1",
  pods: "/api/v1",
  services: "/api/v1",
  events: "/api/v1",
} as const;

type Kind = keyof typeof PATHS;

/** Without these a model cannot be waited for; the others only explain. */
const NEEDED: Kind[] = ["deployments", "replicasets", "pods"];

const RETRY = 1_000; // milliseconds

/** Why something cannot be seen. */
export interface Trouble {
  what: string;
  /** Whether it is refused, and not only out of reach. */
  refused: boolean;
  /** Since when, in milliseconds of the epoch. */
  since: number;
}

/**
 * The objects of all models in a namespace, kept up to date by one watch of each kind, however many wait. Lost connections
 * are made again.
 */
export class NamespaceWatch {
  private readonly lookers = new Set<() => void>();
  private readonly caches = new Map<Kind, Informer<KubernetesObject> & { list(): readonly KubernetesObject[] }>();
  private readonly unlisted = new Set<Kind>();
  /** Why a kind cannot be seen. */
  private readonly troubles = new Map<Kind, Trouble>();

  /** Lists a kind, and then watches it. */
  private open: (kind: Kind) => void = () => {};

  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
  ) {}

  /**
   * Calls back at every change, until the returned function is called.
   *
   * @param look what to call; it must not throw.
   */
  async look(look: () => void): Promise<() => void> {
    this.lookers.add(look);
    if (this.lookers.size === 1) await this.start();
    return () => {
      this.lookers.delete(look);
      if (this.lookers.size === 0) this.stop();
    };
  }

  /** The objects of one model. Nothing before all kinds were listed once. */
  objects(deploymentName: string, serviceName?: string): Objects | undefined {
    if (NEEDED.some((kind) => this.unlisted.has(kind))) return undefined;
    return {
      deployment: this.all<V1Deployment>("deployments").find(({ metadata }) => metadata?.name === deploymentName),
      replicaSets: this.all<V1ReplicaSet>("replicasets"),
      pods: this.all<V1Pod>("pods"),
      events: this.all<CoreV1Event>("events"),
      service: this.all<V1Service>("services").find(({ metadata }) => metadata?.name === serviceName),
    };
  }

  /** Names of other Deployments that select the same pods, and so answer the same calls. */
  strays(deployment: V1Deployment | undefined): string[] {
    const selected = (each: V1Deployment | undefined) => canonical(each?.spec?.selector.matchLabels ?? null);
    return this.all<V1Deployment>("deployments")
      .filter((each) => each !== deployment && selected(each) === selected(deployment))
      .map(({ metadata }) => metadata?.name ?? "");
  }

  private all<T>(kind: Kind): T[] {
    return (this.caches.get(kind)?.list() ?? []) as unknown as T[];
  }

  /** Why what is needed cannot be seen now. */
  get trouble(): Trouble | undefined {
    return NEEDED.map((kind) => this.troubles.get(kind)).find(Boolean);
  }

  private async start(): Promise<void> {
    const { makeInformer, AppsV1Api, CoreV1Api } = await kubernetesClient();
    const apps = this.config.makeApiClient(AppsV1Api);
    const core = this.config.makeApiClient(CoreV1Api);
    const { namespace } = this;
    const models = { namespace, labelSelector: MODELS };
    const lists: Record<Kind, () => Promise<KubernetesListObject<KubernetesObject>>> = {
      deployments: () => apps.listNamespacedDeployment(models),
      replicasets: () => apps.listNamespacedReplicaSet(models),
      pods: () => core.listNamespacedPod(models),
      services: () => core.listNamespacedService(models),
      events: () => core.listNamespacedEvent({ namespace }),
    };
    this.open = (kind) => {
      const list = async () => {
        const found = await lists[kind]();
        this.unlisted.delete(kind);
        this.troubles.delete(kind);
        return found;
      };
      const path = `${PATHS[kind]}/namespaces/${namespace}/${kind}`;
      const informer = makeInformer(this.config, path, list, kind === "events" ? undefined : MODELS);
      this.caches.set(kind, informer);
      this.unlisted.add(kind);
      for (const verb of ["add", "update", "delete", "connect"] as const) informer.on(verb as "add", () => this.tell());
      informer.on("error", (error) => this.lose(kind, informer, error));
      informer.start().then(() => {
        if (this.caches.get(kind) !== informer) informer.stop(); // what was stopped during its list would watch all the same
        this.tell();
      });
    };
    for (const kind of Object.keys(PATHS) as Kind[]) this.open(kind);
  }

  private stop(): void {
    for (const informer of this.caches.values()) informer.stop();
    this.caches.clear();
    this.troubles.clear();
  }

  /** Begins anew with a list: what was missed meanwhile need not be in what the API server still knows of changes. */
  private lose(kind: Kind, informer: object, error: { code?: number; statusCode?: number }): void {
    if (this.caches.get(kind) !== informer) return;
    const forbidden = (error.code ?? error.statusCode) === 403;
    const since = this.troubles.get(kind)?.since ?? Date.now();
    const what = forbidden ? `the kubeconfig may not list and watch ${kind}` : reasonOf(error);
    this.troubles.set(kind, { what, refused: isRefusal(error), since });
    this.tell();
    if (forbidden && !NEEDED.includes(kind)) return;
    setTimeout(() => {
      if (this.caches.get(kind) === informer) this.open(kind);
    }, RETRY);
  }

  private tell(): void {
    for (const look of this.lookers) look();
  }
}
