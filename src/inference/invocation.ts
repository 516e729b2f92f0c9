import { randomUUID } from "node:crypto";
import type { Problem } from "../check";
import { watchLog } from "../local/logWatch";
import { differs, isUnknown, method } from "../provider";
import { checkRequest } from "./checkRequest";
import { InferenceError } from "./error";
import { type InvokeOptions, invoke } from "./invoke";
import type { InferenceRequest, InferenceResponse } from "./protocol";

/** A call as it was declared. */
export interface CallInputs extends Omit<InvokeOptions, "stream"> {
  json?: InferenceRequest;
  /** A URL other than the model's. */
  url?: string;
}

/** What decides whether a call is made again, and where it goes. */
export interface InvocationInputs {
  call: CallInputs;
  /** The model's own URL; a new one alone is no reason to call again. */
  modelUrl: string;
  modelDigest: string;
  settingsDigest: string;
  /** Id of the model's server when that is a process on this machine; its log tells why a request failed. */
  localServer?: string;
}

/** A call that was made. */
export interface InvocationOutputs extends InvocationInputs {
  response: InferenceResponse;
}

// The methods of the dynamic provider. `modelserve/inference/invocation` is loaded by name from the state of deployed
// stacks, so its place and these names stay.
export const check = method(checkCall);
export const diff = method(compare);
export const create = method(callFirst);
export const update = method(callAgain);

async function checkCall(_olds: unknown, inputs: InvocationInputs) {
  // Without a property, since the arguments are parts of `call`, and the engine would show the value of a property as nil.
  const failures = problemsOf(inputs.call).map(({ argument, reason }) => ({
    property: "",
    reason: `${argument}: ${reason}`,
  }));
  return { inputs, failures };
}

function problemsOf({ json, data, files }: CallInputs): Problem[] {
  if (json === undefined || isUnknown(json)) return [];
  if (data !== undefined || files !== undefined) {
    return [{ argument: "json", reason: "Only one of `json`, `data` and `files` can be sent." }];
  }
  return checkRequest(json).map((reason) => ({ argument: "json", reason }));
}

async function compare(_id: string, olds: InvocationOutputs, news: InvocationInputs): Promise<{ changes: boolean }> {
  const reasons = ["call", "modelDigest", "settingsDigest"] as const;
  return { changes: reasons.some((name) => differs(olds[name], news[name])) };
}

async function callFirst(inputs: InvocationInputs): Promise<{ id: string; outs: InvocationOutputs }> {
  return { id: randomUUID(), outs: await call(inputs) };
}

async function callAgain(_id: string, _olds: unknown, news: InvocationInputs): Promise<{ outs: InvocationOutputs }> {
  return { outs: await call(news) };
}

async function call(inputs: InvocationInputs): Promise<InvocationOutputs> {
  const { json, url, ...options } = inputs.call;
  const exception = await watchLog(url === undefined ? inputs.localServer : undefined);
  try {
    return { ...inputs, response: await invoke(url ?? inputs.modelUrl, json, options) };
  } catch (error) {
    const cause = error instanceof InferenceError && error.status === 500 ? await exception() : undefined;
    throw cause ? new InferenceError(`The model failed on the request: ${cause}`) : error;
  }
}
