import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { HOST } from "./clusterStack";
import { freePort } from "./store";

/** What a store was asked, as it came in. */
export interface Asked {
  method: string;
  /** As the request line has it: absolute when the client takes the recorder for its proxy. */
  url: string;
  host: string;
  /** The access key and the region of a signed request. */
  accessKeyId?: string;
  region?: string;
  sessionToken?: string;
}

/** A slow store's time between two parts of an answer, in milliseconds. */
const PAUSE = 200;

/** Stands between clients and a store, and keeps what they ask. It changes nothing, so that signatures stay right. */
export class Recorder {
  readonly asked: Asked[] = [];
  /** Whether answers come slowly, in parts of about 64 KiB. */
  slow = false;
  private server?: Server;
  private port = 0;

  constructor(
    private readonly store: string,
    private readonly tls?: { key: string; cert: string },
  ) {}

  async start(): Promise<this> {
    this.port = await freePort();
    const answer = (incoming: IncomingMessage, response: ServerResponse) => this.pass(incoming, response);
    this.server = this.tls
      ? createTlsServer({ key: readFileSync(this.tls.key), cert: readFileSync(this.tls.cert) }, answer)
      : createServer(answer);
    await new Promise<void>((resolve) => this.server?.listen(this.port, HOST, resolve));
    return this;
  }

  get endpoint(): string {
    return `${this.tls ? "https" : "http"}://${HOST}:${this.port}`;
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { url = "", method = "", headers } = incoming;
    const [, accessKeyId, region] = /Credential=([^/]*)\/\d+\/([^/]*)\//.exec(headers.authorization ?? "") ?? [];
    const sessionToken = headers["x-amz-security-token"] as string | undefined;
    this.asked.push({ method, url, host: headers.host ?? "", accessKeyId, region, sessionToken });
    const path = url.startsWith("http") ? url.slice(new URL(url).origin.length) : url;
    const { hostname, port } = new URL(this.store);
    const onward = request({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      if (this.slow) answer.on("data", () => pause(answer));
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

function pause(stream: IncomingMessage): void {
  stream.pause();
  setTimeout(() => stream.resume(), PAUSE);
}
