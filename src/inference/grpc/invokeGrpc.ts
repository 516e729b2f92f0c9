import { readFileSync } from "node:fs";
import type { Client, Metadata as MetadataClass, ServiceError } from "@grpc/grpc-js";
import { cancelled, type InferenceError, noAnswer, notSent, refused } from "../error";
import { checkConnection, type InvokeOptions } from "../invokeOptions";
import type { Datatype, Element, InferenceRequest, InferenceResponse, Parameters } from "../protocol";
import { fromBytes, toBytes } from "./rawTensor";
import { inferenceService } from "./service";

/** Whether a URL is one of the gRPC service: `grpc://host:port`, or `grpcs://` with TLS. */
export function isGrpc(url: string): boolean {
  return /^grpcs?:\/\//.test(url);
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
export function checkGrpc(url: string, request: unknown, options: InvokeOptions): string[] {
  const problems: string[] = [];
  if (!/^grpcs?:\/\/[^/]+\/?$/.test(url)) problems.push(`url: ${JSON.stringify(url)} is not grpc://host:port.`);
  if (options.modelName === undefined) problems.push("modelName: it is missing, and a gRPC URL names no model.");
  if (request === undefined) problems.push("request: it is missing; nothing else can be sent by gRPC.");
  for (const option of HTTP_ALONE)
    if (options[option] !== undefined)
      problems.push(`${option}: it has no meaning by gRPC. Use the model's \`url\`, or leave it out.`);
  if (options.checkMetadata)
    problems.push("checkMetadata: the metadata are asked for by HTTP. Use the model's `url`, or leave it out.");
  return [...problems, ...checkConnection(options)];
}

/** Asks a model over gRPC, with tensors as bytes. */
export async function invokeGrpc(
  url: string,
  request: InferenceRequest,
  options: InvokeOptions,
): Promise<InferenceResponse> {
  const { timeout = 30, signal } = options;
  if (signal?.aborted) throw cancelled(url, signal);
  const { client, Metadata } = await connectionTo(url, options);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headersOf(options))) metadata.set(name, value);
  const deadline = Date.now() + timeout * 1000;
  return new Promise((resolve, reject) => {
    const cancel = () => call.cancel();
    const call = client.ModelInfer(
      messageOf(request, options.modelName ?? ""),
      metadata,
      { deadline },
      (error, answer) => {
        signal?.removeEventListener("abort", cancel);
        if (answer) resolve(answerOf(answer));
        else reject(signal?.aborted ? cancelled(url, signal) : failure(url, error as ServiceError, timeout));
      },
    );
    signal?.addEventListener("abort", cancel);
  });
}

interface InferenceClient extends Client {
  ModelInfer(
    request: object,
    metadata: object,
    options: object,
    done: (error: ServiceError | null, answer?: InferResponse) => void,
  ): { cancel(): void };
}

interface Tensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  parameters: Record<string, Parameter>;
  contents: Record<string, (Element | Buffer)[]> | null;
}

interface InferResponse {
  model_name: string;
  model_version: string;
  id: string;
  parameters: Record<string, Parameter>;
  outputs: Tensor[];
  raw_output_contents: Buffer[];
}

interface Parameter {
  parameter_choice?: "bool_param" | "int64_param" | "string_param";
  bool_param?: boolean;
  int64_param?: number;
  string_param?: string;
}

/** A client with the library that it is of, which takes a while to ask for again. */
interface Connection {
  client: InferenceClient;
  Metadata: typeof MetadataClass;
}

/** Connections are kept, as those of HTTP are. */
const connections = new Map<string, Promise<Connection>>();

function connectionTo(url: string, { verify, cert }: InvokeOptions): Promise<Connection> {
  const key = JSON.stringify([url, verify, cert?.cert, cert?.key]);
  const known = connections.get(key);
  if (known) return known;
  const made = connect(url, { verify, cert });
  connections.set(key, made);
  made.catch(() => connections.delete(key));
  return made;
}

async function connect(url: string, { verify = true, cert }: InvokeOptions): Promise<Connection> {
  const { credentials, Metadata } = await import("@grpc/grpc-js");
  const Service = await inferenceService();
  const { host, protocol } = new URL(url.replace(/^grpc/, "http")); // whose parts are known to URL
  const authorities = typeof verify === "string" ? readFileSync(verify) : null;
  const [key, chain] = cert ? [readFileSync(cert.key), readFileSync(cert.cert)] : [null, null];
  const secure = () => credentials.createSsl(authorities, key, chain, { rejectUnauthorized: verify !== false });
  const unlimited = { "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 };
  const client = new Service(host, protocol === "https:" ? secure() : credentials.createInsecure(), unlimited);
  return { client: client as unknown as InferenceClient, Metadata };
}

function headersOf({ headers = {}, auth }: InvokeOptions): Record<string, string> {
  if (!auth) return headers;
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`, ...headers };
}

function messageOf({ id, inputs, outputs = [], parameters }: InferenceRequest, modelName: string): object {
  return {
    model_name: modelName,
    id,
    parameters: toParameters(parameters),
    inputs: inputs.map(({ name, datatype, shape, parameters }) => ({
      name,
      datatype,
      shape,
      parameters: toParameters(parameters),
    })),
    outputs: outputs.map(({ name, parameters }) => ({ name, parameters: toParameters(parameters) })),
    raw_input_contents: inputs.map(({ datatype, data }) => toBytes(datatype, data)),
  };
}

/** @throws InferenceError for a value that the protocol has no parameter for. */
function toParameters(parameters: Parameters = {}): Record<string, Parameter> {
  const one = (name: string, value: unknown): Parameter => {
    if (typeof value === "boolean") return { bool_param: value };
    if (typeof value === "string") return { string_param: value };
    if (Number.isSafeInteger(value)) return { int64_param: value as number };
    throw notSent([
      `parameters.${name}: ${JSON.stringify(value)} is neither a text, a whole number nor true or false, which are all that gRPC takes. Use the model's \`url\`.`,
    ]);
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, one(name, value)]));
}

function fromParameters(parameters: Record<string, Parameter>): Parameters {
  const chosen = (parameter: Parameter) => parameter.parameter_choice && parameter[parameter.parameter_choice];
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, chosen(parameter)]));
}

function answerOf({
  model_name,
  model_version,
  id,
  parameters,
  outputs,
  raw_output_contents: raw,
}: InferResponse): InferenceResponse {
  return {
    model_name,
    ...(model_version ? { model_version } : {}),
    id,
    parameters: fromParameters(parameters),
    outputs: outputs.map(({ name, datatype, shape, parameters, contents }, index) => {
      const bytes = raw[index];
      const data = bytes
        ? fromBytes(datatype, bytes)
        : Object.values(contents ?? {})
            .flat()
            .map(elementOf);
      return { name, datatype, shape, parameters: fromParameters(parameters), data };
    }),
  };
}

function elementOf(value: Element | Buffer): Element {
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}

/** As HTTP has them, so that errors are the same (MLServer: `grpc/utils.py`). https://grpc.io/docs/guides/status-codes/ */
const STATUSES: Record<number, number> = { 3: 400, 5: 404, 7: 403, 9: 422, 8: 413, 13: 500, 16: 401, 2: 500, 12: 501 };

function failure(url: string, { code, details, message }: ServiceError, timeout: number): InferenceError {
  const none = (code: string) => noAnswer(url, { code, message } as never, timeout);
  if (code === 1) return none("ECONNRESET"); // not by us: the server ended the connection under the call
  if (code === 4) return none("ETIMEDOUT");
  if (code === 14) return none(/ECONNREFUSED|connect/i.test(details) ? "ECONNREFUSED" : "ECONNRESET");
  return refused(url, { status: STATUSES[code] ?? 500, data: { error: details || message }, headers: {} } as never);
}
