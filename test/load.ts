import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How a client connects: anew for each request, or over connections that it keeps. */
export type Connections = "new" | "kept";

/** A request that had no right answer. */
export interface Loss {
  /** What came in its place: an error's code, or a status. */
  why: string;
  /** When it was sent, in seconds from the start of the load. */
  at: number;
}

export interface Tally {
  connections: Connections;
  answered: number;
  lost: Loss[];
  /** Of answered requests, in milliseconds, in no order. */
  latencies: number[];
}

/** Longest that an answer may take, in milliseconds. */
const LIMIT = 30_000;

/** Below the 5 s after which MLServer closes a connection that nobody uses, as its clients should have it. */
const IDLE = 4_000;

/**
 * An open-loop load: requests are sent at a fixed rate, whether those before are answered or not, and none is sent twice.
 */
export class Load {
  private readonly tally: Tally;
  private readonly agent: Agent;
  private readonly open = new Set<Promise<void>>();
  private readonly started = performance.now();
  private stopped = false;
  private readonly sending: Promise<void>;
  /** How many were sent. */
  sent = 0;

  /** @param rate requests a second. */
  constructor(
    private readonly url: string,
    private readonly body: string,
    connections: Connections,
    private readonly rate: number,
  ) {
    this.tally = { connections, answered: 0, lost: [], latencies: [] };
    this.agent = connections === "kept" ? new Agent({ keepAlive: true, timeout: IDLE }) : new Agent();
    this.sending = this.send();
  }

  get answered(): number {
    return this.tally.answered;
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<Tally> {
    this.stopped = true;
    await this.sending;
    await Promise.all(this.open);
    this.agent.destroy();
    return this.tally;
  }

  private async send(): Promise<void> {
    while (!this.stopped) {
      const due = Math.floor(((performance.now() - this.started) / 1000) * this.rate);
      for (; this.sent < due; this.sent++) {
        const one = this.ask();
        this.open.add(one);
        one.finally(() => this.open.delete(one));
      }
      await sleep(2);
    }
  }

  private async ask(): Promise<void> {
    const start = performance.now();
    const why = await this.answer().catch((error: NodeJS.ErrnoException) => error.code ?? error.message);
    if (why !== undefined) this.tally.lost.push({ why, at: (start - this.started) / 1000 });
    else {
      this.tally.answered++;
      this.tally.latencies.push(performance.now() - start);
    }
  }

  /** What is wrong with the answer, if anything. */
  private answer(): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(this.body) };
      const options = { method: "POST", agent: this.agent, headers, timeout: LIMIT };
      const request = httpRequest(this.url, options, (response: IncomingMessage) => {
        let text = "";
        response.on("data", (data) => {
          text += data;
        });
        response.on("error", reject);
        response.on("end", () => {
          const right = response.statusCode === 200 && text.includes('"outputs"');
          resolve(right ? undefined : `status ${response.statusCode}`);
        });
      });
      request.on("timeout", () =>
        request.destroy(Object.assign(new Error("no answer"), { code: "no answer in 30 s" })),
      );
      request.on("error", reject);
      request.end(this.body);
    });
  }
}

/** Counts of what came in place of an answer, the most frequent first: `12 ECONNRESET, 1 status 500`. */
export function reasons(lost: Loss[]): string {
  const counts = new Map<string, number>();
  for (const { why } of lost) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([why, count]) => `${count} ${why}`)
    .join(", ");
}
