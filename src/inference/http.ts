import { readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Readable } from "node:stream";
import type { AxiosError, AxiosRequestConfig, AxiosResponse } from "axios";
import { cancelled, noAnswer } from "./error";
import type { InvokeOptions, RequestFile } from "./invokeOptions";
import type { PodConnection } from "./podConnection";
import { portForward, type ServicePort, servicePortOf } from "./portForward";

/** MLServer (uvicorn) closes a connection that was idle for 5 s; one idle for longer than this is not used again. */
const IDLE = 4_000; // milliseconds
const keptAlive = { keepAlive: true, timeout: IDLE };
const httpAgent = new HttpAgent(keptAlive);
const httpsAgent = new HttpsAgent(keptAlive);

/**
 * Sends a request, by HTTP and where need be through the API server of a cluster.
 *
 * @param request sent as JSON; nothing where there is none to send, or `data` or `files` are sent.
 * @returns the answer, whatever its status; its body as JSON where it is some, else as text, and with `stream` unread unless
 *   the server refused.
 * @throws InferenceError when there is no answer.
 */
export async function send(target: string, request: unknown, options: InvokeOptions): Promise<AxiosResponse> {
  const { timeout = 30, stream } = options;
  const time = new AbortController(); // not `AbortSignal.timeout`, whose timer goes on when the answer is there
  const timer = setTimeout(() => time.abort(), Math.ceil(timeout * 1000));
  const end = () => clearTimeout(timer);
  let unread = false;
  try {
    const response = await answer(target, request, options, time.signal);
    unread = stream === true && response.status < 300;
    if (unread) response.data.once("close", end);
    else response.data = parsed(stream ? await text(response.data) : response.data);
    return response;
  } finally {
    if (!unread) end(); // a timer would keep the program from its end
  }
}

/** Loaded by the first call: at the top of this file it takes nine tenths of the import time. */
const load = () => import("axios");
let client: ReturnType<typeof load> | undefined;

async function answer(
  target: string,
  request: unknown,
  options: InvokeOptions,
  time: AbortSignal,
): Promise<AxiosResponse> {
  const { timeout = 30, cluster, signal } = options;
  const limit = signal ? AbortSignal.any([time, signal]) : time;
  client ??= load();
  const { default: axios } = await client;
  const config = { ...requestConfig(target, request, options), signal: limit };
  const ended = (error: unknown) => {
    throw signal?.aborted ? cancelled(target, signal) : error;
  };
  const connection = cluster && (await portForward(cluster, servicePortOf(target) as ServicePort, limit).catch(ended));
  const way = connection && over(connection);
  const ask = () => axios.request({ ...config, ...way });
  return ask()
    .catch((error: AxiosError) => (wasClosing(error) ? ask() : Promise.reject(error)))
    .catch((error: AxiosError) => {
      connection?.destroy();
      return ended(noAnswer(target, error, timeout));
    });
}

/**
 * Whether the request went out on a connection that was kept from an earlier one, and that the server was closing: it ended
 * before any byte of an answer (https://nodejs.org/api/http.html#requestreusedsocket).
 */
function wasClosing({ code, response, request }: AxiosError): boolean {
  const { reusedSocket } = request?._currentRequest ?? request ?? {}; // axios follows redirects by requests of its own
  return reusedSocket === true && response === undefined && ["ECONNRESET", "EPIPE"].includes(code ?? "");
}

function requestConfig(url: string, request: unknown, options: InvokeOptions): AxiosRequestConfig {
  const { allowRedirects = true, files, cookies, stream } = options;
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
