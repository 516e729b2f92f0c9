import { readFileSync } from "node:fs";
import type { Client, Metadata as MetadataClass, ServiceError } from "@grpc/grpc-js";
import { digest } from "../../digest";
import { cancelled, type InferenceError, noAnswer, notSent, refused } from "../error";
import { checkConnection, type InvokeOptions } from "../invokeOptions";
import { inferenceService, type Method } from "./service";

/** Whether a URL is one of the gRPC service: `grpc://host:port`, or `grpcs://` with TLS. */
export function isGrpc(url: string): boolean {
  return /^grpcs?:\/\//.test(url);
}

/** Host and port of a URL, of which `URL` would leave out a port that is HTTP's own. */
export function addressIn(url: string): string | undefined {
  const [, address, port] = /^grpcs?:\/\/((?:\[[\da-f:.]+\]|[^/:@[\]\s]+):(\d+))\/?$/i.exec(url) ?? [];
  return Number(port) >= 1 && Number(port) <= 65535 ? address : undefined;
}

/** What of a call has no meaning over gRPC. */
const HTTP_ALONE = [
  "method",
  "data",
  "files",
  "params",
  "cookies",
  "proxies",
  "allowRedirects",
  "stream",
  "cluster",
] as const;

/** All that is wrong with a call over gRPC, before it is made. */
export function checkGrpc(url: string, options: InvokeOptions): string[] {
  const problems: string[] = [];
  if (addressIn(url) === undefined) problems.push(`url: ${JSON.stringify(url)} is not grpc://host:port.`);
  if (options.modelName === undefined) problems.push("modelName: it is missing, and a gRPC URL names no model.");
  for (const option of HTTP_ALONE)
    if (options[option] !== undefined)
      problems.push(`${option}: it has no meaning by gRPC. Use the model's \`url\`, or leave it out.`);
  return [...problems, ...checkConnection(options)];
}

/**
 * Calls a method of the service.
 *
 * @throws InferenceError when the call is refused or not answered.
 */
export async function callGrpc<Answer>(
  url: string,
  method: Method,
  message: object,
  options: InvokeOptions,
): Promise<Answer> {
  const { timeout = 30, signal } = options;
  if (signal?.aborted) throw cancelled(url, signal);
  const { client, Metadata } = await connectionTo(url, options).catch((error) => {
    throw noAnswer(url, error, timeout);
  });
  if (signal?.aborted) throw cancelled(url, signal); // meanwhile
  const metadata = metadataOf(Metadata, options);
  const deadline = Date.now() + timeout * 1000;
  return new Promise((resolve, reject) => {
    const cancel = () => call.cancel();
    const call = client[method](message, metadata, { deadline }, (error, answer) => {
      signal?.removeEventListener("abort", cancel);
      if (answer) resolve(answer as Answer);
      else reject(signal?.aborted ? cancelled(url, signal) : failure(url, error as ServiceError, timeout));
    });
    signal?.addEventListener("abort", cancel);
  });
}

type InferenceClient = Client &
  Record<
    Method,
    (
      message: object,
      metadata: object,
      options: object,
      done: (error: ServiceError | null, answer?: object) => void,
    ) => { cancel(): void }
  >;

/** A client with the library that it is of, which takes a while to ask for again. */
interface Connection {
  client: InferenceClient;
  Metadata: typeof MetadataClass;
}

/** Connections are kept, as those of HTTP are. */
const connections = new Map<string, Promise<Connection>>();

async function connectionTo(url: string, { verify = true, cert }: InvokeOptions): Promise<Connection> {
  const tls = {
    authorities: typeof verify === "string" ? readFileSync(verify) : null,
    key: cert ? readFileSync(cert.key) : null,
    chain: cert ? readFileSync(cert.cert) : null,
    rejectUnauthorized: verify !== false,
  };
  const id = url.startsWith("grpcs:") ? digest([url, ...Object.values(tls).map(String)]) : url; // certificates change
  const known = connections.get(id);
  if (known) return known;
  const made = connect(url, tls);
  connections.set(id, made);
  made.catch(() => connections.delete(id));
  return made;
}

interface Tls {
  authorities: Buffer | null;
  key: Buffer | null;
  chain: Buffer | null;
  rejectUnauthorized: boolean;
}

async function connect(url: string, { authorities, key, chain, rejectUnauthorized }: Tls): Promise<Connection> {
  const { credentials, Metadata } = await import("@grpc/grpc-js");
  const Service = await inferenceService();
  const secure = () => credentials.createSsl(authorities, key, chain, { rejectUnauthorized });
  const unlimited = { "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 };
  const channel = url.startsWith("grpcs:") ? secure() : credentials.createInsecure();
  const client = new Service(addressIn(url) ?? "", channel, unlimited);
  return { client: client as unknown as InferenceClient, Metadata };
}

/** @throws InferenceError that names the header that cannot be sent. */
function metadataOf(Metadata: typeof MetadataClass, options: InvokeOptions): MetadataClass {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headersOf(options)))
    try {
      metadata.set(name, value);
    } catch {
      throw notSent([`headers.${name}: its name or value cannot be sent by gRPC, which takes ASCII alone.`]);
    }
  return metadata;
}

function headersOf({ headers = {}, auth }: InvokeOptions): Record<string, string> {
  if (!auth) return headers;
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`, ...headers };
}

/** As HTTP has them, so that errors are the same (MLServer: `grpc/utils.py`). https://grpc.io/docs/guides/status-codes/ */
const STATUSES: Record<number, number> = { 3: 400, 5: 404, 7: 403, 9: 422, 8: 413, 13: 500, 16: 401, 2: 500, 12: 501 };

function failure(url: string, { code, details, message }: ServiceError, timeout: number): InferenceError {
  const none = (code: string) => noAnswer(url, { code, message } as never, timeout);
  if (code === 1) return none("ECONNRESET"); // not by us: the server ended the connection under the call
  if (code === 4) return none("ETIMEDOUT");
  if (code === 14 && /ECONNREFUSED/.test(details)) return none("ECONNREFUSED");
  if (code === 14 && /ECONNRESET|dropped|closed|RST_STREAM|GOAWAY/i.test(details)) return none("ECONNRESET");
  if (code === 14) return noAnswer(url, { message: details || message } as never, timeout);
  return refused(url, { status: STATUSES[code] ?? 500, data: { error: details || message }, headers: {} } as never);
}
