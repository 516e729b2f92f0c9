import type { Apis } from "./serving/apis";

/** The state of a served model: facts that stay the same while nothing is updated. */
export interface ModelServeStatus {
  /** `RUNNING` or `STOPPED`. */
  state: string;
  /** Where the server is reached. */
  service: ModelServeService;
  /** The model's addresses in the Open Inference Protocol, version 2; none for a model that answers in OpenAI's API alone. */
  inferenceV2?: InferenceV2;
  /** The model's addresses in OpenAI's API, for a model that answers in it. */
  openai?: OpenAI;
}

/** Where a server is reached. */
export interface ModelServeService {
  /** Host and port. */
  url: string;
}

/** Addresses of the Open Inference Protocol, version 2 (https://github.com/kserve/open-inference-protocol). */
export interface InferenceV2 {
  /** Base URL of the server. */
  baseUrl: string;
  /** Name of the model. */
  model: string;
  /** Takes inference requests, by POST. */
  inferenceUrl: string;
  /** Tells the model's inputs and outputs. */
  modelMetadataUrl: string;
  /** Answers 200 when the model is ready. */
  modelReadinessUrl: string;
  /** Answers 200 when the server is ready; also with no model in it. */
  readinessUrl: string;
  /** Answers 200 while the server lives. */
  livenessUrl: string;
}

/** Addresses of OpenAI's API (https://platform.openai.com/docs/api-reference). */
export interface OpenAI {
  /** Base URL, as OpenAI's clients want it. */
  baseUrl: string;
  /** Name of the model. */
  model: string;
  /** Go on with a prompt, by POST; for tasks that generate text. */
  completionsUrl?: string;
  /** Answers in a chat, by POST; for tasks that generate text, where the tokenizer has a template for chats. */
  chatCompletionsUrl?: string;
  /** Gives vectors for texts, by POST; for `text_embedding`. */
  embeddingsUrl?: string;
}

export function inferUrl({ url, modelName }: { url: string; modelName: string }): string {
  return `${url}/v2/models/${modelName}/infer`;
}

export function openaiUrl(url: string): string {
  return `${url}/openai/v1`;
}

export function status(
  { state, url, modelName }: { state: string; url: string; modelName: string },
  { v2, openai }: Apis,
): ModelServeStatus {
  return {
    state: state.toUpperCase(),
    service: { url: url.replace("http://", "") },
    ...(v2 ? { inferenceV2: inferenceV2(url, modelName) } : {}),
    ...(openai ? { openai: openaiOf(openaiUrl(url), modelName, openai) } : {}),
  };
}

function inferenceV2(url: string, model: string): InferenceV2 {
  const modelUrl = `${url}/v2/models/${model}`;
  return {
    baseUrl: url,
    model,
    inferenceUrl: `${modelUrl}/infer`,
    modelMetadataUrl: modelUrl,
    modelReadinessUrl: `${modelUrl}/ready`,
    readinessUrl: `${url}/v2/health/ready`,
    livenessUrl: `${url}/v2/health/live`,
  };
}

function openaiOf(baseUrl: string, model: string, openai: Apis["openai"]): OpenAI {
  if (openai === "embeddings") return { baseUrl, model, embeddingsUrl: `${baseUrl}/embeddings` };
  return {
    baseUrl,
    model,
    completionsUrl: `${baseUrl}/completions`,
    chatCompletionsUrl: `${baseUrl}/chat/completions`,
  };
}
