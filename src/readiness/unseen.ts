import type { Cluster } from "./cluster";
import { reasonOf } from "./clusterError";

/** Something of a cluster could not be seen, and why, for people. */
export class Unseen extends Error {
  /** @param forbidden whether only a right is missing. */
  constructor(
    message: string,
    readonly forbidden = false,
  ) {
    super(message);
  }
}

/** How long a cluster may take to answer, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Waits for an answer of the cluster.
 *
 * @param right that it needs, such as `list pods`.
 * @returns nothing where there is no such object.
 * @throws Unseen when the cluster does not answer in time, or refuses.
 */
export async function seen<T>(cluster: Cluster, right: string, answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 404) return undefined;
    throw unseen(cluster, right, error as Error & { code?: unknown });
  } finally {
    clearTimeout(timer);
  }
}

function unseen({ config }: Cluster, right: string, error: Error & { code?: unknown }): Unseen {
  const context = config.getCurrentContext();
  const who = context ? `the kubeconfig's context "${context}"` : "the kubeconfig";
  if (error.code === 403) return new Unseen(`${who} may not ${right}`, true);
  if (error.code === 401) return new Unseen(`the credentials of ${who} are not accepted`);
  const server = config.getCurrentCluster()?.server;
  return new Unseen(`the cluster at ${server} (${who}) cannot be reached: ${reasonOf(error)}`);
}
