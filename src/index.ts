export type { EnvVar, ExpectedOutputArgs, ModelServeArgs, SmokeTestArgs } from "./args";
export * from "./clusterArgs";
export * from "./digitalhub";
export { InferenceError } from "./inference/error";
export { type InvokeOptions, invoke, type RequestFile } from "./inference/invoke";
export type { InvokeArgs } from "./inference/modelInvocation";
export type * from "./inference/protocol";
export { type InferenceV2, ModelServe, type ModelServeService, type ModelServeStatus } from "./modelServe";
export { Kind } from "./serving/kind";
