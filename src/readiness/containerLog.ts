import { PassThrough } from "node:stream";
import { type Cluster, kubernetesClient } from "./cluster";

/** Names a container on a cluster. */
export interface Container {
  namespace: string;
  pod: string;
  container: string;
}

/** Which part of a container's log is wanted. */
export interface LogPart {
  /** Whether of the container that ran before the last restart. */
  previous?: boolean;
  /** How many of the last lines. Default: all. */
  tailLines?: number;
  /** Whether each line begins with the time at which it was written. */
  timestamps?: boolean;
}

/**
 * What a container has written so far.
 *
 * @throws the client's error when it may not be read, or the container has not started.
 */
export async function containerLog(
  cluster: Cluster,
  { pod: name, ...where }: Container,
  part: LogPart,
): Promise<string> {
  const { CoreV1Api } = await kubernetesClient();
  return (await cluster.config.makeApiClient(CoreV1Api).readNamespacedPodLog({ name, ...where, ...part })) ?? "";
}

/**
 * What a container writes, until it ends.
 *
 * @throws the client's error when it may not be read, or the container has not started.
 */
export async function followLog(cluster: Cluster, container: Container, part: LogPart): Promise<PassThrough> {
  // Errors of a followed log come without the server's words.
  await containerLog(cluster, container, { ...part, tailLines: 1 });
  const { Log } = await kubernetesClient();
  const lines = new PassThrough();
  lines.on("pipe", (source) => source.on("error", () => lines.end())); // the connection was lost
  const { namespace, pod, container: name } = container;
  await new Log(cluster.config).log(namespace, pod, name, lines, { ...part, follow: true });
  return lines;
}
