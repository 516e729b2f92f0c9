import { Agent } from "node:http";
import { Duplex, PassThrough, Writable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { kubernetesClient } from "../readiness/cluster";

/** A port of a container. */
export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

/** What is used of the WebSocket that carries a port-forward. */
interface WebSocket {
  on(event: "close", listener: () => void): void;
  ping(): void;
  terminate(): void;
}

/** Proxies in front of API servers end connections that are silent for a minute, as those of slow models are. */
const PING = 20_000; // milliseconds

/**
 * A connection to a pod through the API server. It takes the place of a socket of Node's HTTP client, so nothing listens on
 * this machine, where other users could reach the model. It is over, with all that belongs to it, when it is destroyed.
 */
export class PodConnection extends Duplex {
  private readonly toPod = new PassThrough();
  private webSocket?: WebSocket;
  private pings?: NodeJS.Timeout;
  /** What the node says of a connection that did not come about. */
  private complaint = "";

  private constructor() {
    super();
    this.on("error", () => {}); // who asks for it is told by the agent
  }

  static async open(config: KubeConfig, { namespace, pod, port }: PodPort): Promise<PodConnection> {
    const { PortForward } = await kubernetesClient();
    const connection = new PodConnection();
    const fromPod = new Writable({ write: (chunk, _encoding, done) => done(void connection.receive(chunk)) });
    const complaints = new Writable({ write: (chunk, _encoding, done) => done(void connection.hear(chunk)) });
    const opened = await new PortForward(config).portForward(
      namespace,
      pod,
      [port],
      fromPod,
      complaints,
      connection.toPod,
    );
    connection.carriedBy(opened as unknown as WebSocket);
    return connection;
  }

  /** An agent for one request, which is sent over this connection. */
  agent(): Agent {
    const agent = new Agent({ keepAlive: false });
    agent.createConnection = (_options, created) => {
      created?.(this.destroyed ? (this.errored ?? new Error("the connection is closed")) : null, this);
      return undefined;
    };
    return agent;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.toPod.write(chunk, done);
  }

  /** A port-forward cannot be closed on one side alone. */
  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.pings);
    this.webSocket?.terminate();
    done(error);
  }

  // What HTTP clients ask of sockets; the call's own time limit does the work of theirs.
  setTimeout = () => this;
  setKeepAlive = () => this;
  setNoDelay = () => this;
  ref = () => this;
  unref = () => this;

  private carriedBy(webSocket: WebSocket): void {
    this.webSocket = webSocket;
    this.pings = setInterval(() => webSocket.ping(), PING).unref();
    webSocket.on("close", () => this.lose());
  }

  private receive(chunk: Buffer): void {
    if (!this.destroyed) this.push(chunk);
  }

  private hear(chunk: Buffer): void {
    this.complaint += chunk.toString().trim();
  }

  private lose(): void {
    clearInterval(this.pings);
    if (this.complaint) this.destroy(new Error(this.complaint));
    else this.receive(null as never);
  }
}
