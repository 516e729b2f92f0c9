import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
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

  /** @param options of versitygw beside keys and port. */
  constructor(private readonly options: string[] = []) {}

  async start(): Promise<this> {
    this.port = await freePort();
    const keys = ["--access", this.accessKeyId, "--secret", this.secretAccessKey];
    const options = [...keys, "--port", `${HOST}:${this.port}`, ...this.options];
    this.server = spawn("versitygw", [...options, "posix", this.folder], {
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

  /** Lets everybody read a bucket, as those of public models are. */
  allowEverybodyToRead(bucket: string): void {
    const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const statement = {
      Effect: "Allow",
      Principal: "*",
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: resources,
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const region = this.options[this.options.indexOf("--region") + 1] ?? "us-east-1";
    const signed = ["--aws-sigv4", `aws:amz:${region}:s3`, "--user", `${this.accessKeyId}:${this.secretAccessKey}`];
    const url = `${this.endpoint}/${bucket}?policy=`;
    const digest = `x-amz-content-sha256: ${createHash("sha256").update(policy).digest("hex")}`;
    execFileSync("curl", [
      "--silent",
      "--show-error",
      "--fail",
      "--request",
      "PUT",
      "--header",
      digest,
      ...signed,
      "--data",
      policy,
      url,
    ]);
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
