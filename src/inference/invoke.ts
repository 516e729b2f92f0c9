import { existsSync, readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Readable } from "node:stream";
import type { AxiosError, AxiosRequestConfig } from "axios";
import type { Access } from "../readiness/cluster";
import { checkRequest } from "./checkRequest";
import { InferenceError, noAnswer, notInference, refused } from "./error";
import type { PodConnection } from "./podConnection";
import { portForward, type ServicePort, servicePortOf } from "./portForward";
import type { InferenceRequest, InferenceResponse } from "./protocol";

/** A file of a multipart request. */
export interface RequestFile {
  /** File name that the server is told. */
  name: string;
  content: string | Uint8Array;
  /** MIME type. Default: `application/octet-stream`. */
  contentType?: string;
}

/** How a request is sent: the keyword arguments of Python's `requests.request`, in camel case. */
export interface InvokeOptions {
  /** The model to ask, where the URL names none. */
  modelName?: string;
  /** HTTP method. Default: POST, or GET where there is nothing to send. */
  method?: string;
  /** Raw body in place of a request, sent as it is. */
  data?: string | Uint8Array;
  /** Files, sent as `multipart/form-data` in place of a request. */
  files?: Record<string, RequestFile>;
  /** Query parameters. */
  params?: Record<string, string | number | boolean>;
  headers?: Record<string, string>;
  /** HTTP basic authentication. */
  auth?: { username: string; password: string };
  cookies?: Record<string, string>;
  /** Longest time for the whole call, in seconds. Default: 30. */
  timeout?: number;
  /** Whether the server's certificate is verified, or the path of a PEM file with the authorities to trust. Default: true. */
  verify?: boolean | string;
  /** Paths of PEM files with the client's certificate and its key. */
  cert?: { cert: string; key: string };
  /** Proxy URLs by the scheme of the called URL (`http`, `https`). Default: the environment's, but none for this machine. */
  proxies?: Record<string, string>;
  /** Whether redirects are followed. Default: true. */
  allowRedirects?: boolean;
  /** Whether the answer is given back unread, as a stream. Default: false. */
  stream?: boolean;
  /**
   * The cluster through whose API server the call goes, by a port-forward to a ready pod; `{}` is that of kubectl. The URL is
   * one of its inside then: `http://name.namespace.svc:8080`. Redirects are not followed. Default: the URL is reached directly.
   */
  cluster?: Access;
}

/** MLServer (uvicorn) closes a connection that was idle for 5 s; one idle for longer than this is not used again. */
const IDLE = 4_000; // milliseconds
const keptAlive = { keepAlive: true, timeout: IDLE };
const httpAgent = new HttpAgent(keptAlive);
const httpsAgent = new HttpsAgent(keptAlive);

export async function invoke(
  url: string,
  request: InferenceRequest | undefined,
  options: InvokeOptions & { stream: true },
): Promise<Readable>;
export async function invoke(
  url: string,
  request?: InferenceRequest,
  options?: InvokeOptions,
): Promise<InferenceResponse>;
/**
 * Asks a served model for a prediction over REST.
 *
 * @param url the server's base URL (`model.url`) together with `options.modelName`, or a whole one such as `model.inferUrl`.
 *   Those of a model in a cluster are reached inside of it, and from elsewhere with `options.cluster`.
 * @param request an inference request; none when `data` or `files` are sent.
 * @returns the inference response; with `stream` the answer's body, unread.
 * @throws InferenceError when the request is wrong (found before it is sent), refused or not answered.
 */
export async function invoke(
  url: string,
  request?: InferenceRequest,
  options: InvokeOptions = {},
): Promise<InferenceResponse | Readable> {
  const problems = [...checkOptions(url, request, options), ...(request === undefined ? [] : checkRequest(request))];
  if (problems.length > 0)
    throw new InferenceError(`The request was not sent:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  const target = endpoint(url, options.modelName);
  const { timeout = 30, cluster } = options;
  const limit = AbortSignal.timeout(Math.ceil(timeout * 1000)); // whole milliseconds, as its timer asks for
  const { default: axios } = await import("axios"); // here: at the top it takes nine tenths of the import time
  const config = { ...requestConfig(target, request, options), signal: limit };
  const connection = cluster && (await portForward(cluster, servicePortOf(target) as ServicePort, limit));
  const way = connection && over(connection);
  const send = () => axios.request({ ...config, ...way });
  const response = await send()
    .catch((error: AxiosError) => (wasClosing(error) ? send() : Promise.reject(error)))
    .catch((error: AxiosError) => {
      connection?.destroy();
      throw noAnswer(target, error, timeout);
    });
  if (options.stream && response.status < 300) return response.data;
  response.data = parsed(options.stream ? await text(response.data) : response.data);
  if (response.status < 200 || response.status > 299) throw refused(target, response);
  if (!Array.isArray(response.data?.outputs)) throw notInference(target, response);
  return response.data;
}

/**
 * Whether the request went out on a connection that was kept from an earlier one, and that the server was closing: it ended
 * before any byte of an answer (https://nodejs.org/api/http.html#requestreusedsocket).
 */
function wasClosing({ code, response, request }: AxiosError): boolean {
  const { reusedSocket } = request?._currentRequest ?? request ?? {}; // axios follows redirects by requests of its own
  return reusedSocket === true && response === undefined && ["ECONNRESET", "EPIPE"].includes(code ?? "");
}

/** The URL to call: a base URL is completed with the model's inference path. */
function endpoint(url: string, modelName: string | undefined): string {
  if (modelName === undefined) return url;
  const { origin, pathname } = new URL(url);
  return pathname.includes("/v2/")
    ? url
    : `${origin}${pathname.replace(/\/$/, "")}/v2/models/${encodeURIComponent(modelName)}/infer`;
}

function checkOptions(
  url: string,
  request: unknown,
  { modelName, data, files, timeout, proxies = {}, verify, cert, cluster }: InvokeOptions,
): string[] {
  const problems: string[] = [];
  const { pathname } = URL.canParse(url) ? new URL(url) : {};
  if (!/^https?:\/\//.test(url) || pathname === undefined)
    problems.push(`url: ${JSON.stringify(url)} is not an http:// or https:// URL.`);
  else if (modelName === undefined && pathname === "/")
    problems.push(`modelName: it is missing, and ${url} names no model. Give it, or use the model's \`inferUrl\`.`);
  if (cluster && pathname !== undefined && !servicePortOf(url))
    problems.push(
      `url: ${url} is not one of a cluster's inside, http://name.namespace.svc:port, as calls with \`cluster\` need. Give the model's \`url\`, or leave out \`cluster\`.`,
    );
  if (cluster && Object.keys(proxies).length > 0)
    problems.push(
      "proxies: the call goes through the API server; a proxy in front of that is the kubeconfig's `proxy-url`.",
    );
  if ([request, data, files].filter((body) => body !== undefined).length > 1)
    problems.push("Only one of a request, `data` and `files` can be sent.");
  if (timeout !== undefined && !(timeout > 0 && timeout <= 86_400))
    problems.push(`timeout: ${timeout} is not a number of seconds above 0, up to 86400 (a day).`);
  for (const [scheme, proxy] of Object.entries(proxies)) {
    if (!URL.canParse(proxy)) problems.push(`proxies.${scheme}: ${JSON.stringify(proxy)} is not a URL.`);
  }
  const pem = {
    verify: typeof verify === "string" ? verify : undefined,
    "cert.cert": cert?.cert,
    "cert.key": cert?.key,
  };
  for (const [option, file] of Object.entries(pem)) {
    if (file !== undefined && !existsSync(file)) problems.push(`${option}: there is no file ${file}.`);
  }
  return problems;
}

function requestConfig(url: string, request: InferenceRequest | undefined, options: InvokeOptions): AxiosRequestConfig {
  const { timeout = 30, allowRedirects = true, files, cookies, stream } = options;
  const body = request ?? options.data ?? (files && multipart(files));
  return {
    url,
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    data: body,
    params: options.params,
    headers: {
      ...contentType(request, options),
      ...(cookies
        ? {
            Cookie: Object.entries(cookies)
              .map(([name, value]) => `${name}=${value}`)
              .join("; "),
          }
        : {}),
      ...options.headers,
    },
    auth: options.auth,
    timeout: Math.ceil(timeout * 1000),
    maxRedirects: allowRedirects ? 5 : 0,
    responseType: stream ? "stream" : "text",
    transformResponse: (data) => data,
    validateStatus: () => true,
    maxBodyLength: Number.POSITIVE_INFINITY,
    maxContentLength: Number.POSITIVE_INFINITY,
    httpAgent,
    httpsAgent: tlsAgent(options),
    proxy: proxyFor(new URL(url), options.proxies),
  };
}

/** What sends a request over a connection that is there. Redirects may lead elsewhere, where it does not. */
function over(connection: PodConnection): AxiosRequestConfig {
  return { httpAgent: connection.agent(), proxy: false, maxRedirects: 0 };
}

/** JSON for a request; none for raw data, as with `requests`, where axios would call it a form. */
function contentType(request: unknown, { data, headers = {} }: InvokeOptions): Record<string, string | boolean> {
  if (request !== undefined) return { "Content-Type": "application/json" };
  const given = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return data === undefined || given ? {} : { "Content-Type": false };
}

function tlsAgent({ verify = true, cert }: InvokeOptions): HttpsAgent {
  if (verify === true && !cert) return httpsAgent;
  return new HttpsAgent({
    ...keptAlive,
    rejectUnauthorized: verify !== false,
    ca: typeof verify === "string" ? readFileSync(verify) : undefined,
    cert: cert && readFileSync(cert.cert),
    key: cert && readFileSync(cert.key),
  });
}

function proxyFor(url: URL, proxies: Record<string, string> | undefined): AxiosRequestConfig["proxy"] {
  const chosen = proxies?.[url.protocol.replace(":", "")];
  if (!chosen) return proxies || /^(localhost|127\.|\[::1\])/.test(url.hostname) ? false : undefined;
  const { protocol, hostname, port, username, password } = new URL(chosen);
  return {
    protocol,
    host: hostname,
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    ...(username ? { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } } : {}),
  };
}

function multipart(files: Record<string, RequestFile>): FormData {
  const form = new FormData();
  for (const [field, { name, content, contentType }] of Object.entries(files)) {
    form.append(field, new Blob([content], { type: contentType ?? "application/octet-stream" }), name);
  }
  return form;
}

/** JSON where it is some, else the text. */
function parsed(body: string): any {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

async function text(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
