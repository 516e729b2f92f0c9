import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { checkRequest } from "./checkRequest";
import { InferenceError, notInference, refused } from "./error";
import { send } from "./http";
import { checkOptions, type InvokeOptions, modelUrl } from "./invokeOptions";
import { checkAgainst, modelMetadata } from "./metadata";
import type { InferenceRequest, InferenceResponse } from "./protocol";
import { plainRequest } from "./tensor";

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
  const sent = request && withId(plainRequest(request));
  refuse([...checkOptions(url, request, options), ...(sent === undefined ? [] : checkRequest(sent))]);
  if (options.checkMetadata && sent) refuse(checkAgainst(await modelMetadata(url, options), sent));
  const target = modelUrl(url, options.modelName);
  const response = await send(target, sent, options).catch((error) => {
    throw error instanceof InferenceError ? error.of(sent?.id) : error;
  });
  if (options.stream && response.status < 300) return response.data;
  if (response.status < 200 || response.status > 299) throw refused(target, response).of(sent?.id);
  if (!Array.isArray(response.data?.outputs)) throw notInference(target, response).of(sent?.id);
  return response.data;
}

/** By its id a request is found in the server's log, and with its answer. */
function withId(request: InferenceRequest): InferenceRequest {
  return request?.id === undefined && Array.isArray(request?.inputs) ? { id: randomUUID(), ...request } : request;
}

function refuse(problems: string[]): void {
  if (problems.length > 0)
    throw new InferenceError(`The request was not sent:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}
