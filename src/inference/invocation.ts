import { randomUUID } from "node:crypto";
import type { Problem } from "../check";
import { watchLog } from "../local/logWatch";
import { serverFolder } from "../local/record";
import { differs, isUnknown, method } from "../provider";
import type { Access } from "../readiness/cluster";
import type { Apis } from "../serving/apis";
import { checkCall } from "./checkCall";
import { InferenceError, NO_WAY } from "./error";
import { invoke } from "./invoke";
import type { InvokeOptions, RequestFile } from "./invokeOptions";
import type { OpenAIRequest, OpenAIResponse } from "./openai";
import { servicePortOf } from "./portForward";
import type { InferenceRequest, InferenceResponse } from "./protocol";

/** A call as it was declared. Bodies are texts: Pulumi's state holds no bytes. */
export interface CallInputs extends Omit<InvokeOptions, "stream" | "data" | "files" | "cluster" | "signal"> {
  json?: InferenceRequest | OpenAIRequest;
  /** Raw body in place of a request, sent as it is. */
  data?: string;
  /** Files, sent as `multipart/form-data` in place of a request. */
  files?: Record<string, RequestFile & { content: string }>;
  /** A URL other than the model's, which is reached from here. Required where no kubeconfig leads to the model's cluster. */
  url?: string;
}

/** What decides whether a call is made again, and where it goes. */
export interface InvocationInputs {
  call: CallInputs;
  /** The model's own URL, on this machine or inside of its cluster; a new one alone is no reason to call again. */
  modelUrl?: string;
  /** The cluster through whose API server the model's own URL is reached; no reason to call again either. */
  cluster?: Access;
  modelDigest: string;
  settingsDigest: string;
  /** Id of the model's server when that is a process on this machine; its log tells why a request failed. */
  localServer?: string;
  /** Whether the model is out of service. */
  stopped: boolean;
  /** The APIs in which the model answers. */
  apis: Apis;
}

/** A call that was made. */
export interface InvocationOutputs extends InvocationInputs {
  response: InferenceResponse | OpenAIResponse;
}

// The methods of the dynamic provider. `modelserve/inference/invocation` is loaded by name from the state of deployed
// stacks, so its place and these names stay.
export const check = method(checkInputs);
export const diff = method(compare);
export const create = method(callFirst);
export const update = method(callAgain);

async function checkInputs(olds: Partial<InvocationInputs>, inputs: InvocationInputs) {
  const problems = [...problemsOf(inputs), ...(olds.call ? [] : stoppedProblem(inputs)), ...unreachableProblem(inputs)];
  // Without a property, since the arguments are parts of `call`, and the engine would show the value of a property as nil.
  const failures = problems.map(({ argument, reason }) => ({ property: "", reason: `${argument}: ${reason}` }));
  return { inputs, failures };
}

function problemsOf({ call: { json, data, files, url, method }, apis }: InvocationInputs): Problem[] {
  if ([json, data, files, method].every((given) => given === undefined))
    return [
      { argument: "json", reason: "It is missing: the request, or `data`, or `files`, that the model is to answer." },
    ];
  if ([json, data, files].filter((body) => body !== undefined).length > 1)
    return [{ argument: "json", reason: "Only one of `json`, `data` and `files` can be sent." }];
  const bytes =
    "It is not a text, and the stack's state holds no bytes. Encode them as the model expects, or send them by `invoke`.";
  if (data !== undefined && typeof data !== "string") return [{ argument: "data", reason: bytes }];
  const binary = Object.entries(isUnknown(files) ? {} : (files ?? {})).filter(
    ([, { content }]) => typeof content !== "string",
  );
  if (binary.length > 0) return binary.map(([name]) => ({ argument: `files.${name}.content`, reason: bytes }));
  const raw = data === undefined ? files && "files" : "data";
  if (raw && url === undefined && !apis.v2)
    return [{ argument: raw, reason: "The model takes requests of OpenAI's API alone: give one as `json`." }];
  if (json === undefined || isUnknown(json)) return [];
  return checkCall(json, url === undefined ? apis : undefined).map((reason) => ({ argument: "json", reason }));
}

function stoppedProblem({ stopped, call }: InvocationInputs): Problem[] {
  if (!stopped || call.url !== undefined) return [];
  return [
    {
      argument: "stopped",
      reason:
        "The model is out of service, so it cannot be called. Take the call out of the program until the model is back, or give its `url`.",
    },
  ];
}

/** The program finds it first, unless `url` was to be known later. */
function unreachableProblem({ modelUrl, cluster, call }: InvocationInputs): Problem[] {
  if (call.url !== undefined || cluster !== undefined) return [];
  if (modelUrl !== undefined && (isUnknown(modelUrl) || !servicePortOf(modelUrl))) return [];
  return [{ argument: "url", reason: NO_WAY }];
}

/** A call that was made is not made again while the model is stopped, whatever changes meanwhile. */
async function compare(_id: string, olds: InvocationOutputs, news: InvocationInputs): Promise<{ changes: boolean }> {
  if (news.stopped && news.call.url === undefined) return { changes: false };
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
  const { localServer } = inputs;
  const exception = await watchLog(url === undefined && localServer ? serverFolder(localServer) : undefined);
  try {
    const way = url === undefined ? { url: inputs.modelUrl ?? "", cluster: inputs.cluster } : { url };
    return {
      ...inputs,
      response: await invoke(way.url, json as InferenceRequest, { ...options, cluster: way.cluster }),
    };
  } catch (error) {
    const cause = error instanceof InferenceError && error.status === 500 ? await exception() : undefined;
    throw cause ? new InferenceError(`The model failed on the request: ${cause}`) : error;
  }
}
