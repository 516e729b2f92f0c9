import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { kubeconfig } from "../kubeconfig";

const { WebSocketServer } = require("ws");

/** A pod of the fake API server. */
export interface FakePod {
  name: string;
  ready?: boolean;
  ending?: boolean;
  /** Its ports by their names. Default: `http`, 8080. */
  ports?: Record<string, number>;
}

/**
 * An API server in plain HTTP, as far as a call through it needs one: the Service `models/iris`, its pods, and port-forwards,
 * which lead to a port of this machine.
 */
export class ApiServer {
  service: {
    selector?: Record<string, string>;
    ports: { name?: string; port: number; targetPort?: number | string }[];
  } = {
    selector: { app: "iris", tier: "models" },
    ports: [{ name: "http", port: 8080, targetPort: "http" }],
  };
  pods: FakePod[] = [{ name: "iris-1" }];
  /** Where connections to ports of pods lead. A port that is not in it is refused. */
  listeners: Record<number, number> = {};
  /** Answers to requests whose path ends so, in place of the true ones; 0 is none at all. */
  answers: Record<string, number> = {};
  /** What was asked for. */
  seen: string[] = [];
  pings = 0;
  readonly open = new Set<{ terminate(): void }>();

  private readonly server: Server = createServer((request, response) => this.answer(request, response));
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });

  async start(): Promise<this> {
    this.server.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get kubeconfig(): string {
    return kubeconfig(this.url, { token: "token" });
  }

  stop(): void {
    for (const socket of this.open) socket.terminate();
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, "http://fake");
    this.seen.push(`${pathname}${searchParams.size > 0 ? `?${searchParams}` : ""}`);
    const status = this.statusOf(pathname) ?? (this.objects(pathname) ? 200 : 404);
    if (status === 0) return;
    const body = status === 200 ? this.objects(pathname) : { kind: "Status", apiVersion: "v1", code: status };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  private statusOf(pathname: string): number | undefined {
    return Object.entries(this.answers).find(([end]) => pathname.endsWith(end))?.[1];
  }

  private objects(pathname: string): object | undefined {
    if (pathname === "/api/v1/namespaces/models/services/iris") return { spec: this.service };
    if (pathname !== "/api/v1/namespaces/models/pods") return undefined;
    const items = this.pods.map(({ name, ready = true, ending, ports = { http: 8080 } }) => ({
      metadata: { name, deletionTimestamp: ending ? "2026-01-01T00:00:00Z" : undefined },
      spec: {
        containers: [
          { name: "server", ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })) },
        ],
      },
      status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
    }));
    return { items };
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://fake");
    this.seen.push(`${pathname}?${searchParams}`);
    const status = this.statusOf(pathname);
    if (status === 0) return;
    if (status !== undefined) socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
    else
      this.sockets.handleUpgrade(request, socket, head, (opened: any) =>
        this.forward(opened, Number(searchParams.get("ports"))),
      );
  }

  /** As a kubelet: channel 0 carries data, channel 1 complaints, and each begins with the number of the port. */
  private forward(socket: any, port: number): void {
    this.open.add(socket);
    const send = (channel: number, data: Buffer) => socket.send(Buffer.concat([Buffer.from([channel]), data]));
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    send(0, number);
    send(1, number);
    const pod = connect(this.listeners[port] ?? 1, "127.0.0.1");
    pod.on("data", (data) => send(0, data));
    pod.on("error", () => send(1, Buffer.from(`error forwarding port ${port}: connection refused`)));
    pod.on("close", () => socket.close());
    socket.on("ping", () => this.pings++);
    socket.on("message", (data: Buffer) => pod.write(data.subarray(1)));
    socket.on("close", () => {
      this.open.delete(socket);
      pod.destroy();
    });
  }
}
