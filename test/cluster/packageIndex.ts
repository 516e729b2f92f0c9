import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { zipSync } from "fflate";
import { HOST } from "./clusterStack";
import { freePort } from "./store";

const WHEEL = "tiny_package-1.0-py3-none-any.whl";
const METADATA = "Metadata-Version: 2.1\nName: tiny-package\nVersion: 1.0\n";
const ABOUT = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const RECORD = [
  "tiny_package.py",
  ...["METADATA", "WHEEL", "RECORD"].map((name) => `tiny_package-1.0.dist-info/${name}`),
]
  .map((name) => `${name},,\n`)
  .join("");

/** A private index of Python packages, with a password and a certificate of its own, that has one tiny package. */
export class PackageIndex {
  /** User and password of every request. */
  readonly credentials: string[] = [];
  private server?: Server;
  private port = 0;
  private readonly wheel = wheel();

  constructor(private readonly tls: { key: string; cert: string }) {}

  async start(): Promise<this> {
    this.port = await freePort();
    const tls = { key: readFileSync(this.tls.key), cert: readFileSync(this.tls.cert) };
    this.server = createServer(tls, ({ url = "", headers }, response) => {
      const [, encoded = ""] = (headers.authorization ?? "").split(" ");
      const credentials = Buffer.from(encoded, "base64").toString();
      this.credentials.push(credentials);
      if (credentials !== "user:password") return response.writeHead(401, { "www-authenticate": "Basic" }).end();
      if (url.endsWith(".whl")) return response.end(this.wheel);
      if (url !== "/simple/tiny-package/") return response.writeHead(404).end();
      const digest = createHash("sha256").update(this.wheel).digest("hex");
      response.setHeader("content-type", "text/html");
      return response.end(`<a href="/files/${WHEEL}#sha256=${digest}">${WHEEL}</a>`);
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, HOST, resolve));
    return this;
  }

  get url(): string {
    return `https://user:password@${HOST}:${this.port}/simple`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

/** https://packaging.python.org/en/latest/specifications/binary-distribution-format/ */
function wheel(): Uint8Array {
  const text = (content: string) => new TextEncoder().encode(content);
  return zipSync({
    "tiny_package.py": text("ANSWER = 42\n"),
    "tiny_package-1.0.dist-info": { METADATA: text(METADATA), WHEEL: text(ABOUT), RECORD: text(RECORD) },
  });
}
