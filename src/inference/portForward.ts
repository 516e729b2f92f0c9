import type { KubeConfig, V1Pod, V1Service } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { type Access, Cluster, kubernetesClient } from "../readiness/cluster";
import { selectorText } from "../readiness/objects";
import { isReady } from "../readiness/rollout";
import { InferenceError } from "./error";
import { PodConnection } from "./podConnection";

/** A port of a Service. */
export interface ServicePort {
  namespace: string;
  service: string;
  port: number;
}

/** The port of a Service that a URL of a cluster's inside names, `http://name.namespace.svc:8080`; nothing for other URLs. */
export function servicePortOf(url: string): ServicePort | undefined {
  const { protocol, hostname, port } = new URL(url);
  const [, service, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/.exec(hostname) ?? [];
  if (protocol !== "http:" || service === undefined || namespace === undefined) return undefined;
  return { namespace, service, port: Number(port || 80) };
}

/**
 * Connects to a ready pod of a Service through the API server, which reaches it from wherever this runs.
 *
 * @param signal ends the attempt.
 * @throws InferenceError that says what is missing: the Service, a ready pod, a right, or the API server.
 */
export async function portForward(access: Access, at: ServicePort, signal: AbortSignal): Promise<PodConnection> {
  const { kubeconfig, context } = access;
  const { config } = await Cluster.at({ kubeconfig, context }).catch((error) => {
    throw new InferenceError(`The cluster is not known: ${error.message}`);
  });
  const connecting = connect(endedBy(signal, config), at);
  connecting.then((late) => signal.aborted && late.destroy()).catch(() => {});
  const aborted = new Promise<never>((_resolve, reject) => signal.addEventListener("abort", reject));
  return Promise.race([connecting, aborted]).catch((error) => {
    if (!signal.aborted) throw error;
    throw new InferenceError(
      `The API server ${serverOf(config)} gave no connection to the model within the call's time (\`timeout\`). Check that it is reached from here.`,
    );
  });
}

/** The steps of the way, and the right that each needs. Which one the last needs depends on the API server's version. */
const RIGHTS = {
  find: "`get` on `services`",
  list: "`list` on `pods`",
  connect: "`get` and `create` on `pods/portforward`",
};

async function connect(config: KubeConfig, at: ServicePort): Promise<PodConnection> {
  const { CoreV1Api } = await kubernetesClient();
  const api = config.makeApiClient(CoreV1Api);
  const { namespace } = at;
  const trouble = (step: keyof typeof RIGHTS) => (error: unknown) => {
    throw explained(error, step, at, serverOf(config));
  };
  const service = await api.readNamespacedService({ name: at.service, namespace }).catch(trouble("find"));
  const labelSelector = selectorOf(service, at);
  const { items } = await api.listNamespacedPod({ namespace, labelSelector }).catch(trouble("list"));
  const pod = readyPod(items, at);
  const target = { namespace, pod: pod.metadata?.name ?? "", port: containerPort(service, pod, at) };
  return PodConnection.open(config, target).catch(trouble("connect"));
}

/** The same configuration, whose connections are ended by a signal. */
function endedBy(signal: AbortSignal, config: KubeConfig): KubeConfig {
  const ended: Pick<KubeConfig, "applyToHTTPSOptions" | "applySecurityAuthentication"> = {
    applyToHTTPSOptions: async (options) => {
      await config.applyToHTTPSOptions(options);
      options.signal = signal;
    },
    applySecurityAuthentication: async (request) => {
      await config.applySecurityAuthentication(request);
      request.setSignal(signal);
    },
  };
  return Object.assign(Object.create(config) as KubeConfig, ended);
}

function serverOf(config: KubeConfig): string {
  return config.getCurrentCluster()?.server ?? "";
}

function selectorOf({ spec }: V1Service, { namespace, service }: ServicePort): string {
  const selector = selectorText(spec?.selector);
  if (selector) return selector;
  throw new InferenceError(`The Service ${namespace}/${service} selects no pods, so it is not that of a model server.`);
}

function readyPod(pods: V1Pod[], { namespace, service }: ServicePort): V1Pod {
  const ready = pods.find((pod) => !pod.metadata?.deletionTimestamp && isReady(pod));
  if (ready) return ready;
  const there = pods.length === 0 ? "it has none" : `none of ${pods.length} is ready`;
  throw new InferenceError(`No pod of ${namespace}/${service} serves the model: ${there}. See \`modelserve status\`.`);
}

/** The port of the pod behind that of the Service: a number, or the name that a container gave it. */
function containerPort({ spec }: V1Service, pod: V1Pod, { namespace, service, port }: ServicePort): number {
  const ports = spec?.ports ?? [];
  const found = ports.find((offered) => offered.port === port);
  if (!found) {
    const offered = ports.map(({ name, port }) => (name ? `${port} (${name})` : port)).join(", ");
    throw new InferenceError(`The Service ${namespace}/${service} has no port ${port}. It has ${offered || "none"}.`);
  }
  const target = found.targetPort ?? port;
  if (typeof target === "number") return target;
  const named = (pod.spec?.containers ?? []).flatMap(({ ports }) => ports ?? []).find(({ name }) => name === target);
  if (named) return named.containerPort;
  throw new InferenceError(
    `Port ${port} of the Service ${namespace}/${service} leads to one named "${target}", which pod ${pod.metadata?.name} does not have.`,
  );
}

/** What the API server says, or why it says nothing. */
function explained(error: unknown, step: keyof typeof RIGHTS, at: ServicePort, server: string): InferenceError {
  const { code, message = "" } = error as { code?: number | string; message?: string };
  const [, refused] = /^Unexpected server response: (\d+)/.exec(message) ?? []; // of a WebSocket
  const status = typeof code === "number" ? code : Number(refused ?? 0);
  const service = `${at.namespace}/${at.service}`;
  if (status === 401)
    return new InferenceError(`The API server ${server} does not accept the kubeconfig's credentials (401).`);
  if (status === 403)
    return new InferenceError(
      `The API server ${server} lets the kubeconfig's user not through to the model (403): ${RIGHTS[step]} in the namespace ${at.namespace} is needed. Grant it by a Role, or call a URL that is reached from here.`,
    );
  if (status === 404 && step === "find")
    return new InferenceError(
      `The cluster at ${server} has no Service ${service}. Check that the kubeconfig and its context are those of the model's cluster.`,
    );
  if (status > 0)
    return new InferenceError(
      `The API server ${server} gave no connection to a pod of ${service}: it answered ${status}.`,
    );
  return new InferenceError(`The API server ${server} cannot be reached: ${message.split("\n")[0] || code}.`);
}
