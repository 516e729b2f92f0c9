import { type LastWords, lastWords } from "../serving/log";
import { type Access, Cluster } from "./cluster";
import { containerLog } from "./containerLog";
import { explained, type Finding, findingsOf, isFinal, logKey, needsLog } from "./diagnosis";
import { followFetch } from "./fetchProgress";
import { type Incident, incidentsOf } from "./incidents";
import type { NamespaceWatch } from "./namespaceWatch";
import type { Objects, V1Pod } from "./objects";
import { advance, progressLine } from "./progress";
import { type Rollout, rolloutOf } from "./rollout";

/** What is waited for. */
export interface Wanted {
  namespace: string;
  deployment: string;
  /** Of the Deployment that Pulumi made: in another cluster there is none. */
  uid: string;
  /** Of the Deployment that was applied. */
  generation: number;
  /** How long to wait without any progress, in seconds. */
  timeoutSeconds: number;
  /** Service whose load balancer's address is waited for, if one is. */
  loadBalancer?: string;
}

/** What was waited for. */
export interface Serving {
  /** The ReplicaSet whose pods serve the model. */
  replicaSet: string;
  /** Host name or IP address of the load balancer. */
  address?: string;
  /** Names of other Deployments whose pods answer calls of this model, too. */
  strays: string[];
}

/** The model does not serve, and why, for people. */
export class NotServing extends Error {
  constructor(
    message: string,
    readonly findings: Finding[],
  ) {
    super(message);
  }
}

/**
 * Waits until the pods of what was applied serve the model, and those of before are gone.
 *
 * @param report is told of progress, each line once.
 * @throws NotServing when the model will not serve by itself, or there was no progress for too long.
 */
export async function untilServing(access: Access, wanted: Wanted, report: (line: string) => void): Promise<Serving> {
  const cluster = await Cluster.at(access);
  return new Wait(cluster, wanted, report).result;
}

/** Findings that an error shows. */
const SHOWN = 3;

/** Time in which a Deployment that was made must be seen, and rights that were just given count, in milliseconds. */
const TO_BE_SEEN = 15_000;

/** By how much the cluster's clock may be ahead of, or behind, this machine's, in milliseconds. */
const CLOCKS = 60_000;

/** Some causes are told by how long they last, without any change: what is known is looked at again, in milliseconds. */
const LOOK_AGAIN = 5_000;

interface State {
  objects: Objects;
  rollout: Rollout;
  incidents: Incident[];
  findings: Finding[];
}

class Wait {
  readonly result: Promise<Serving>;
  private readonly watch: NamespaceWatch;
  private readonly logs = new Map<string, LastWords>();
  /** For how many ends of a container its log was asked for. */
  private readonly asked = new Map<string, number>();
  private readonly percents = new Map<string, number>();
  private readonly started = Date.now();
  private best = Number.NEGATIVE_INFINITY;
  private lastLine = "";
  private deadline?: NodeJS.Timeout;
  private finish!: (outcome: Serving | Error) => void;
  private over = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly wanted: Wanted,
    private readonly report: (line: string) => void,
  ) {
    this.watch = cluster.watch(wanted.namespace);
    this.result = this.run();
  }

  private async run(): Promise<Serving> {
    const outcome = new Promise<Serving | Error>((resolve) => {
      this.finish = resolve;
    });
    this.giveTime();
    const clock = setInterval(() => this.look(), LOOK_AGAIN);
    const stop = await this.watch.look(() => this.look());
    try {
      this.look();
      const result = await outcome;
      if (result instanceof Error) throw result;
      return result;
    } finally {
      this.over = true;
      clearTimeout(this.deadline);
      clearInterval(clock);
      stop();
    }
  }

  /** Looks at what the cluster has now. */
  private look(): void {
    if (this.over) return;
    const { trouble } = this.watch;
    const state = trouble ? undefined : this.state();
    if (trouble) this.say(`cannot see the model: ${trouble.what}`);
    if (trouble?.refused && Date.now() - trouble.since > TO_BE_SEEN) this.fail(trouble.what, []);
    if (!state) return;
    if (this.isElsewhere(state.objects)) this.fail(elsewhere(this.wanted), []);
    else if (state.rollout.done) this.succeed(state);
    else this.goOn(state);
  }

  private goOn({ rollout, incidents, findings }: State): void {
    if (advance(rollout) > this.best) {
      this.best = advance(rollout);
      this.giveTime();
    }
    this.readLogs(incidents);
    followFetch(this.cluster, rollout.pods, this.percents, () => this.look());
    const unread = incidents.some((incident) => needsLog(incident) && !this.logs.has(logKey(incident)));
    const final = findings.filter(isFinal);
    if (final.length > 0 && !unread) this.fail(progressLine(rollout, [], this.percents), final);
    else this.say(progressLine(rollout, findings, this.percents));
  }

  private state(): State | undefined {
    const found = this.watch.objects(this.wanted.deployment, this.wanted.loadBalancer);
    if (!found) return undefined;
    const objects = { ...found, pods: found.pods.filter((pod) => !this.isOfBefore(pod)) };
    const rollout = rolloutOf(objects, this.wanted.generation);
    const incidents = rollout.taken ? incidentsOf(objects, rollout) : [];
    return { objects, rollout, incidents, findings: findingsOf(incidents, this.logs) };
  }

  /** Whether a pod failed before the wait, as evicted ones, which Kubernetes keeps for a while. */
  private isOfBefore({ metadata, status }: V1Pod): boolean {
    const made = new Date(metadata?.creationTimestamp ?? 0).getTime();
    return status?.phase === "Failed" && made < this.started - CLOCKS;
  }

  private isElsewhere({ deployment }: Objects): boolean {
    if (deployment) return deployment.metadata?.uid !== this.wanted.uid;
    return Date.now() - this.started > TO_BE_SEEN;
  }

  private succeed({ objects, rollout }: State): void {
    const [address] = objects.service?.status?.loadBalancer?.ingress ?? [];
    if (this.wanted.loadBalancer !== undefined && !address) this.say("waiting for the load balancer's address");
    else
      this.finish({
        replicaSet: rollout.replicaSet?.metadata?.name ?? "",
        address: address?.hostname ?? address?.ip,
        strays: this.watch.strays(objects.deployment),
      });
  }

  private fail(why: string, findings: Finding[]): void {
    this.finish(new NotServing([why, ...findings.slice(0, SHOWN).map(explained)].join("\n"), findings));
  }

  private say(line: string): void {
    if (line !== this.lastLine) this.report(line);
    this.lastLine = line;
  }

  /** Starts the time limit anew. */
  private giveTime(): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => {
      const state = this.state();
      const { timeoutSeconds } = this.wanted;
      const seen = state && progressLine(state.rollout, [], this.percents);
      const why = `no progress for ${timeoutSeconds} s (\`timeoutSeconds\`): ${this.watch.trouble?.what ?? seen ?? "nothing was seen of it"}`;
      this.fail(why, state?.findings ?? []);
    }, this.wanted.timeoutSeconds * 1000);
  }

  /** Asks for the logs of containers that ended without a word, once for each end. */
  private readLogs(incidents: Incident[]): void {
    for (const incident of incidents.filter(needsLog)) {
      const { pod = "", container = "", times, restarted = false } = incident;
      const key = logKey(incident);
      if ((this.asked.get(key) ?? 0) >= times) continue;
      this.asked.set(key, times);
      const { namespace } = this.wanted;
      const log = containerLog(this.cluster, { namespace, pod, container }, { previous: restarted, tailLines: 200 });
      const unread = () => ""; // where it may not be read
      log.catch(unread).then((text) => {
        if (text || !this.logs.has(key)) this.logs.set(key, lastWords(text));
        this.look();
      });
    }
  }
}

function elsewhere({ deployment, namespace }: Wanted): string {
  return `the kubeconfig's cluster has no Deployment ${namespace}/${deployment} that Pulumi made. Give the kubeconfig of its cluster in \`readiness.kubeconfig\`.`;
}
