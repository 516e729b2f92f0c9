import type { Readable } from "node:stream";
import { noApi, notInference, notSent, refused } from "./error";
import { send } from "./http";
import { checkOptions, type InvokeOptions } from "./invokeOptions";
import { checkOpenAI, type OpenAIRequest, type OpenAIResponse, openaiPath, openaiTarget } from "./openai";

/** Asks a model by a request of OpenAI's API. */
export async function invokeOpenAI(
  url: string,
  request: OpenAIRequest,
  options: InvokeOptions,
): Promise<OpenAIResponse | Readable> {
  const { modelName, checkMetadata, stream } = options;
  const sent: OpenAIRequest = { model: modelName, ...request };
  const problems = [...checkOptions(url, request, { ...options, modelName: sent.model }), ...checkOpenAI(request)];
  if (stream && Array.isArray(sent.prompt) && sent.prompt.length > 1 && typeof sent.prompt[0] !== "number")
    problems.push("prompt: of several prompts the pieces would come mixed. Give one.");
  if (stream && Number(sent.n ?? 1) > 1)
    problems.push("n: of several answers the pieces would come mixed. Ask for one.");
  if (sent.model === undefined) problems.push("model: it is missing. Give it in the request, or as `modelName`.");
  if (problems.length > 0) throw notSent([...new Set(problems)]);
  if (checkMetadata) await checkServed(url, sent.model as string, options);
  const target = openaiTarget(url, request);
  const response = await send(target, stream ? { ...sent, stream } : sent, options);
  if (stream && response.status < 300) return response.data;
  if (response.status === 404 && response.data?.error === undefined) throw noApi(target, response);
  if (response.status < 200 || response.status > 299) throw refused(target, response);
  const { choices, data } = response.data ?? {};
  if (!Array.isArray(choices ?? data)) throw notInference(target, response);
  return response.data;
}

/** Refuses a request for a model that the server does not have. */
async function checkServed(url: string, model: string, options: InvokeOptions): Promise<void> {
  const names = await servedModels(url, options);
  if (!names.includes(model))
    throw notSent([
      `model: the server has no model "${model}". It has ${names.map((name) => `"${name}"`).join(", ")}.`,
    ]);
}

/** Names of the models that a server of OpenAI's API has. */
async function servedModels(url: string, options: InvokeOptions): Promise<string[]> {
  const target = openaiPath(url, "models");
  const response = await send(target, undefined, { ...options, method: "GET", stream: false });
  if (response.status < 200 || response.status > 299) throw refused(target, response);
  if (!Array.isArray(response.data?.data)) throw notInference(target, response);
  return response.data.data.map(({ id }: { id: string }) => id);
}
