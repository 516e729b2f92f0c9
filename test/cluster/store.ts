import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { until } from "../until";
import { HOST } from "./clusterStack";

/** An S3 server beside the cluster, which keeps objects as files. */
export class Store {
  readonly accessKeyId = "AKTESTTEST";
  readonly secretAccessKey = "secret-of-the-tests";
  private readonly folder = mkdtempSync(join(tmpdir(), "modelserve-store-"));
  private server?: ChildProcess;
  private port = 0;

  async start(): Promise<this> {
    this.port = await freePort();
    const keys = ["--access", this.accessKeyId, "--secret", this.secretAccessKey];
    this.server = spawn("versitygw", [...keys, "--port", `${HOST}:${this.port}`, "posix", this.folder], {
      stdio: "ignore",
    });
    await until(async () => (await fetch(this.endpoint).catch(() => undefined)) !== undefined);
    return this;
  }

  get endpoint(): string {
    return `http://${HOST}:${this.port}`;
  }

  /** Makes a file or folder an object, or several. */
  put(source: string, bucket: string, key: string): void {
    const target = join(this.folder, bucket, key);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, { recursive: true });
  }

  delete(bucket: string, key: string): void {
    rmSync(join(this.folder, bucket, key), { recursive: true });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server?.once("exit", resolve));
    this.server?.kill();
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
