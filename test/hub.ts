import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A request that a hub got, and how it answered. */
export interface HubRequest {
  method: string;
  /** With its query. */
  url: string;
  status: number;
  token?: string;
  range?: string;
}

/** Who may read a repo: everybody, those with a token, or those to whom its owner gave access; all see which files it has. */
export type Access = "public" | "private" | "gated";

/** How the connection is spoilt on which a file is sent next. */
export interface Spoilt {
  /** How many bytes come before. */
  after: number;
  /** Whether it ends then, or stays without a word. */
  by: "cut" | "stall";
}

interface HubOptions {
  /** Default: 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
  /** Default: none, so that it speaks HTTP. */
  tls?: { key: Buffer; cert: Buffer };
  /** Whether it tells sizes and digests of files with the files alone, as mirrors do. Default: false. */
  terse?: boolean;
}

interface Repo {
  access: Access;
  commits: Map<string, Map<string, Buffer>>;
  branches: Map<string, string>;
}

/**
 * The parts of the Hugging Face Hub from which models are fetched, with repos in memory. Like the real one it leads to
 * another server for large files, with signed URLs.
 */
export class Hub {
  /** That may read all repos. */
  readonly token = "hf_token-of-the-tests";
  /** That may read no private or gated repo. */
  readonly strangersToken = "hf_token-of-a-stranger";
  readonly requests: HubRequest[] = [];
  /** A status with which everything is answered, such as 429. */
  failing?: number;
  private readonly repos = new Map<string, Repo>();
  private readonly spoilt = new Map<string, Spoilt>();
  private servers: Server[] = [];

  constructor(private readonly options: HubOptions = {}) {}

  async start(): Promise<this> {
    const { host = "127.0.0.1", port = 0 } = this.options;
    this.servers = [
      this.server((...ends) => this.answer(...ends)),
      this.server((...ends) => this.answerLarge(...ends)),
    ];
    const [hub, store] = this.servers as [Server, Server];
    await Promise.all([listening(hub, host, port), listening(store, host, 0)]);
    return this;
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** What to set HF_ENDPOINT to. */
  get endpoint(): string {
    return this.urlOf(0);
  }

  /** Adds a commit with the files of a folder, or with the given ones, to a branch. */
  commit(repo: string, files: string | Record<string, string | Buffer>, branch = "main"): string {
    const known = this.repos.get(repo) ?? { access: "public", commits: new Map(), branches: new Map() };
    this.repos.set(repo, known);
    const tree = new Map(typeof files === "string" ? filesOf(files) : Object.entries(files).map(asBuffer));
    const sha = digest(
      "sha1",
      [...tree].map(([name, data]) => `${name} ${blobId(data)}`).join("\n") + known.commits.size,
    );
    known.commits.set(sha, tree);
    known.branches.set(branch, sha);
    return sha;
  }

  restrict(repo: string, access: Access): void {
    const known = this.repos.get(repo);
    if (known) known.access = access;
  }

  /** Spoils the next connection on which a file is sent. */
  spoil(file: string, spoilt: Spoilt): void {
    this.spoilt.set(file, spoilt);
  }

  /** The names of the files that were sent, in part or whole, since the requests were last forgotten. */
  get sent(): string[] {
    const names = this.requests
      .filter(({ method, status }) => method === "GET" && (status === 200 || status === 206))
      .map(({ url }) => /\/resolve\/[^/]+\/([^?]+)|[?&]file=([^&]+)/.exec(url))
      .flatMap((match) => match?.[1] ?? match?.[2] ?? []);
    return [...new Set(names.map(decodeURIComponent))].sort();
  }

  private urlOf(server: number): string {
    const { address, port } = this.servers[server]!.address() as AddressInfo;
    return `${this.options.tls ? "https" : "http"}://${address}:${port}`;
  }

  private server(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Server {
    const recording = (request: IncomingMessage, response: ServerResponse) => {
      const { method = "", url = "", headers } = request;
      const token = headers.authorization?.replace("Bearer ", "");
      response.once("close", () =>
        this.requests.push({ method, url, status: response.statusCode, token, range: headers.range }),
      );
      answer(request, response);
    };
    return this.options.tls ? createTlsServer(this.options.tls, recording) : createServer(recording);
  }

  private answer(request: IncomingMessage, response: ServerResponse): unknown {
    const { pathname, searchParams } = new URL(request.url ?? "", this.endpoint);
    const token = request.headers.authorization?.replace("Bearer ", "");
    if (this.failing) return refuse(response, this.failing, "", "Not now");
    if (token !== undefined && token !== this.token && token !== this.strangersToken)
      return refuse(response, 401, "", "Invalid credentials in Authorization header");
    const [, api, id = "", revision = "main", file] =
      /^\/(?:(api)\/models\/)?(.+?)(?:\/(?:revision|resolve)\/([^/]+)(?:\/(.+))?)?$/.exec(pathname)?.map(decoded) ?? [];
    const repo = this.repos.get(id);
    if (!repo || (repo.access === "private" && token !== this.token))
      return refuse(response, token ? 404 : 401, "RepoNotFound", "Repository not found");
    const sha = repo.branches.get(revision) ?? revision;
    const tree = repo.commits.get(sha);
    if (!tree) return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${revision}`);
    if (api) return this.describe(response, { id, access: repo.access, sha, tree, blobs: searchParams.has("blobs") });
    if (repo.access === "gated" && token !== this.token)
      return refuse(response, token ? 403 : 401, "GatedRepo", `Access to model ${id} is restricted.`);
    const data = tree.get(file ?? "");
    if (!file || !data) return refuse(response, 404, "EntryNotFound", "Entry not found");
    response.setHeader("X-Repo-Commit", sha);
    if (!isLarge(file)) return this.send(request, response, { name: file, data, etag: blobId(data) });
    response.setHeader("X-Linked-Etag", `"${digest("sha256", data)}"`);
    response.setHeader("X-Linked-Size", data.length);
    const path = `/${digest("sha256", data)}?file=${encodeURIComponent(file)}&Signature=signature-of-the-tests`;
    return response.writeHead(302, { Location: this.urlOf(1) + path }).end();
  }

  /** https://huggingface.co/docs/hub/api */
  private describe(
    response: ServerResponse,
    {
      id,
      access,
      sha,
      tree,
      blobs,
    }: Pick<Repo, "access"> & { id: string; sha: string; tree: Map<string, Buffer>; blobs: boolean },
  ): unknown {
    const siblings = [...tree].map(([rfilename, data]) => ({
      rfilename,
      ...(blobs && !this.options.terse ? metadata(rfilename, data) : {}),
    }));
    const counts = { downloads: 0, likes: 0, tags: [] };
    const gated = access === "gated" && "manual";
    response.setHeader("content-type", "application/json");
    return response.end(
      JSON.stringify({ id, modelId: id, sha, private: access === "private", gated, ...counts, siblings }),
    );
  }

  private answerLarge(request: IncomingMessage, response: ServerResponse): unknown {
    const { pathname, searchParams } = new URL(request.url ?? "", this.endpoint);
    const name = searchParams.get("file") ?? "";
    const trees = [...this.repos.values()].flatMap(({ commits }) => [...commits.values()]);
    const data = trees.map((tree) => tree.get(name)).find((each) => each && pathname === `/${digest("sha256", each)}`);
    if (!data) return response.writeHead(403).end();
    return this.send(request, response, { name, data, etag: pathname.slice(1) });
  }

  private send(
    { method, headers }: IncomingMessage,
    response: ServerResponse,
    { name, data, etag }: { name: string; data: Buffer; etag: string },
  ): unknown {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    if (start > 0 && start >= data.length) return response.writeHead(416).end();
    const rest = data.subarray(start);
    response.setHeader("ETag", `"${etag}"`);
    response.setHeader("Accept-Ranges", "bytes");
    response.setHeader("Content-Length", rest.length);
    if (start > 0) response.setHeader("Content-Range", `bytes ${start}-${data.length - 1}/${data.length}`);
    response.writeHead(start > 0 ? 206 : 200);
    const spoilt = this.spoilt.get(name);
    if (method === "HEAD") return response.end();
    if (!spoilt) return response.end(rest);
    this.spoilt.delete(name);
    return response.write(rest.subarray(0, spoilt.after), () => {
      if (spoilt.by === "cut") response.socket?.end();
    });
  }
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
}

/** As the real Hub says it, in headers and as JSON. */
function refuse(response: ServerResponse, status: number, code: string, message: string): unknown {
  const headers = { ...(code && { "X-Error-Code": code }), "X-Error-Message": message };
  return response
    .writeHead(status, { ...headers, "content-type": "application/json" })
    .end(JSON.stringify({ error: message }));
}

/** What a listing of files says of one. Of a large file, the repo itself holds a pointer. */
function metadata(name: string, data: Buffer): object {
  const size = data.length;
  if (!isLarge(name)) return { size, blobId: blobId(data) };
  const sha256 = digest("sha256", data);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
  return { size, blobId: blobId(Buffer.from(pointer)), lfs: { sha256, size, pointerSize: pointer.length } };
}

function isLarge(name: string): boolean {
  return /\.(safetensors|bin|pt|pth|h5|onnx|gguf|msgpack)$/.test(name);
}

/** https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function blobId(data: Buffer): string {
  return digest("sha1", Buffer.concat([Buffer.from(`blob ${data.length}\0`), data]));
}

function digest(algorithm: "sha1" | "sha256", data: string | Buffer): string {
  return createHash(algorithm).update(data).digest("hex");
}

function filesOf(folder: string): [string, Buffer][] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return files.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name))]);
}

function asBuffer([name, data]: [string, string | Buffer]): [string, Buffer] {
  return [name, Buffer.from(data as string)];
}

function decoded(part: string | undefined): string | undefined {
  return part === undefined ? undefined : decodeURIComponent(part);
}
