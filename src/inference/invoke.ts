import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { flatTexts } from "../serving/texts";
import { checkRequest } from "./checkRequest";
import { InferenceError, notInference, notSent, refused } from "./error";
import { checkGrpc, isGrpc } from "./grpc/connection";
import { invokeGrpc } from "./grpc/invokeGrpc";
import { send } from "./http";
import { checkOptions, type InvokeOptions, modelUrl } from "./invokeOptions";
import { refuseByMetadata } from "./metadata";
import { isOpenAI, type OpenAIRequest, type OpenAIResponse } from "./openai";
import { invokeOpenAI } from "./openaiCall";
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
export async function invoke(
  url: string,
  request: OpenAIRequest,
  options: InvokeOptions & { stream: true },
): Promise<Readable>;
export async function invoke(url: string, request: OpenAIRequest, options?: InvokeOptions): Promise<OpenAIResponse>;
/**
 * Asks a served model for a prediction, over HTTP or gRPC.
 *
 * @param url the server's base URL (`model.url`) together with `options.modelName`, or a whole one such as `model.inferUrl`;
 *   or that of its gRPC service (`model.grpcUrl`, `grpc://host:port`; `grpcs://` with TLS) together with `options.modelName`.
 *   Those of a model in a cluster are reached inside of it, and over HTTP from elsewhere with `options.cluster`.
 * @param request an inference request, or for a model that answers in OpenAI's API (`model.openaiUrl`) one of that: `prompt`,
 *   `messages` or `input`; none when `data` or `files` are sent.
 * @returns the inference response, or OpenAI's; with `stream` the answer's body, unread: of OpenAI's API as server-sent events.
 * @throws InferenceError when the request is wrong (found before it is sent), refused or not answered.
 */
export async function invoke(
  url: string,
  request?: InferenceRequest | OpenAIRequest,
  options: InvokeOptions = {},
): Promise<InferenceResponse | OpenAIResponse | Readable> {
  if (isOpenAI(request)) return invokeOpenAI(url, request, options);
  const sent = request && withId(request);
  const body = sent && plainRequest(sent);
  const grpc = isGrpc(url);
  const problems = grpc ? checkGrpc(url, options) : checkOptions(url, sent, options);
  if (grpc && !sent) problems.push("request: it is missing; nothing else can be sent by gRPC.");
  refuse([...problems, ...(body === undefined ? [] : checkRequest(body))]);
  if (body) await refuseByMetadata(url, body, options);
  if (grpc) return invokeGrpc(url, sent as InferenceRequest, options).catch(named(sent?.id));
  const target = modelUrl(url, options.modelName);
  const response = await send(target, body && flatTexts(body), options).catch(named(sent?.id));
  if (options.stream && response.status < 300) return response.data;
  if (response.status < 200 || response.status > 299) throw refused(target, response).of(sent?.id);
  if (!Array.isArray(response.data?.outputs)) throw notInference(target, response).of(sent?.id);
  return response.data;
}

/** By its id a request is found in the server's log, and with its answer. */
function withId(request: InferenceRequest): InferenceRequest {
  return request?.id === undefined && Array.isArray(request?.inputs) ? { ...request, id: randomUUID() } : request;
}

/** Gives an error the id of the request that it is about. */
function named(id: string | undefined): (error: unknown) => never {
  return (error) => {
    throw error instanceof InferenceError ? error.of(id) : error;
  };
}

function refuse(problems: string[]): void {
  if (problems.length > 0) throw notSent(problems);
}
