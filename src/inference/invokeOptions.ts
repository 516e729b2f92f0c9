import { existsSync } from "node:fs";
import type { Access } from "../readiness/cluster";
import { servicePortOf } from "./portForward";

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
  /** Ends the call before its time. Default: nothing does. */
  signal?: AbortSignal;
  /** Whether names, datatypes and shapes are first compared with what the server tells of the model, by one more request. Default: false. */
  checkMetadata?: boolean;
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

/** All that is wrong with a call, before it is made. */
export function checkOptions(
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
  for (const [scheme, proxy] of Object.entries(proxies)) {
    if (!URL.canParse(proxy)) problems.push(`proxies.${scheme}: ${JSON.stringify(proxy)} is not a URL.`);
  }
  return [...problems, ...checkConnection({ timeout, verify, cert })];
}

/** What is wrong with the options that HTTP and gRPC have alike. */
export function checkConnection({
  timeout,
  verify,
  cert,
}: Pick<InvokeOptions, "timeout" | "verify" | "cert">): string[] {
  const problems: string[] = [];
  if (timeout !== undefined && !(timeout > 0 && timeout <= 86_400))
    problems.push(`timeout: ${timeout} is not a number of seconds above 0, up to 86400 (a day).`);
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

/** The URL to call: a base URL is completed with the model's inference path. */
export function modelUrl(url: string, modelName: string | undefined): string {
  if (modelName === undefined) return url;
  const target = new URL(url);
  if (target.pathname.includes("/v2/")) return url;
  target.pathname = `${target.pathname.replace(/\/$/, "")}/v2/models/${encodeURIComponent(modelName)}/infer`;
  return target.href;
}
