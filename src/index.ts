export type { EnvVar, ExpectedOutputArgs, ModelServeArgs, SmokeTestArgs } from "./args";
export * from "./clusterArgs";
export * from "./digitalhub";
export * from "./huggingface/args";
export { type BatchOptions, invokeBatches } from "./inference/batches";
export { InferenceError } from "./inference/error";
export { invoke } from "./inference/invoke";
export type { InvokeOptions, RequestFile } from "./inference/invokeOptions";
export { invokeText } from "./inference/invokeText";
export { modelMetadata } from "./inference/metadata";
export type { InvokeArgs } from "./inference/modelInvocation";
export type {
  ChatRequest,
  CompletionRequest,
  EmbeddingRequest,
  OpenAIRequest,
  OpenAIResponse,
} from "./inference/openai";
export type * from "./inference/protocol";
export { ModelServe } from "./modelServe";
export { Kind } from "./serving/kind";
export type { InferenceV2, ModelServeService, ModelServeStatus, OpenAI } from "./status";
