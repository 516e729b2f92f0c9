import { createHash } from "node:crypto";
import { createServer } from "node:net";

/** The three ports on which MLServer listens. */
export interface Ports {
  http: number;
  grpc: number;
  metrics: number;
}

const FIRST = 20000;
const COUNT = 10000; // below 32768, where Linux begins to hand out ports to outgoing connections

/** Ports that this process has promised, so that two resources checked at once do not get the same ones. */
const promised = new Map<number, string>();

/**
 * Ports for the server of one resource. They follow from its key, so that the URL is known in a preview and is the same
 * at every `up`; ports that something listens on, or that another resource was promised, are passed over.
 */
export async function choosePorts(key: string, http?: number): Promise<Ports> {
  let next = FIRST + (createHash("sha256").update(key).digest().readUInt32BE() % COUNT);
  const take = async (): Promise<number> => {
    for (let tries = 0; tries < COUNT; tries++) {
      const port = next;
      next = FIRST + ((next + 1 - FIRST) % COUNT);
      const owner = promised.get(port);
      if (port === http || (owner !== undefined && owner !== key)) continue;
      if (await isFree(port)) {
        promised.set(port, key);
        return port;
      }
    }
    throw new Error(
      `No free port from ${FIRST} to ${FIRST + COUNT - 1} on 127.0.0.1. End what listens there, or set \`port\`.`,
    );
  };
  return { http: http ?? (await take()), grpc: await take(), metrics: await take() };
}

/** The models whose programs give them a port, by that port: each one's key and name. */
const given = new Map<number, { key: string; modelName: string }>();

/** Notes that a model is given a port, and names the other model of the program that was given it before, if any. */
export function claimPort(port: number, key: string, modelName: string): string | undefined {
  const first = given.get(port) ?? { key, modelName };
  given.set(port, first);
  return first.key === key ? undefined : first.modelName;
}

/**
 * Whether nothing listens on a port of 127.0.0.1.
 *
 * @throws Error when this user may not listen there at all.
 */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES")
        reject(
          new Error(`Port ${port} may not be used: below 1024 only root may listen. Set \`port\` to another one.`),
        );
      else resolve(false);
    });
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @throws Error that names the ports on which another program listens. */
export async function refuseTaken(ports: number[]): Promise<void> {
  const taken: number[] = [];
  for (const port of ports) if (!(await isFree(port))) taken.push(port);
  if (taken.length === 0) return;
  throw new Error(
    `Port ${taken.join(", ")} of 127.0.0.1 is in use by another program or model, so the server cannot listen there. ` +
      "End that one, or set `port` to a free one; without `port` one is chosen.",
  );
}
