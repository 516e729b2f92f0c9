import { randomUUID } from "node:crypto";
import type { Problem } from "../check";
import { differs, isUnknown, method } from "../provider";
import { checkRequest } from "./checkRequest";
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
  return { inputs, failures: problemsOf(inputs.call).map(({ argument, reason }) => ({ property: argument, reason })) };
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
  return { ...inputs, response: await invoke(url ?? inputs.modelUrl, json, options) };
}
