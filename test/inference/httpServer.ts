import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request that a server got. */
export interface Seen {
  method?: string;
  url?: string;
  headers: IncomingMessage["headers"];
  body: string;
  socket: Socket;
}

/** An HTTP server on this machine that answers as a test says, and keeps what it was asked. */
export class HttpServer {
  readonly seen: Seen[] = [];
  readonly server: Server;

  constructor(answer: (response: ServerResponse, seen: Seen) => unknown) {
    this.server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const { method, url, headers, socket } = request;
      const seen = { method, url, headers, socket, body: Buffer.concat(parts).toString() };
      this.seen.push(seen);
      await answer(response, seen);
    });
    this.server.keepAliveTimeout = 60_000;
  }

  async start(): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}
