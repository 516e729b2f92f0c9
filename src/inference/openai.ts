import { show } from "./checkRequest";

/**
 * Requests and answers of OpenAI's API (https://platform.openai.com/docs/api-reference), as servers of text models have it:
 * members that are not named here go along as they are.
 */

/** Goes on with a prompt (`completions`). */
export interface CompletionRequest {
  prompt: string | string[];
  /** Name of the model. Default: that of the option `modelName`. */
  model?: string;
  /** Most tokens of the answer. Default: the server's. */
  max_tokens?: number;
  /** How far from the likeliest token it may go; 0 is the likeliest. Default: the server's. */
  temperature?: number;
  [member: string]: any;
}

/** Answers in a chat (`chat/completions`). */
export interface ChatRequest extends Omit<CompletionRequest, "prompt"> {
  messages: { role: string; content: any; [member: string]: any }[];
}

/** Gives a vector for each text (`embeddings`). */
export interface EmbeddingRequest {
  input: string | string[];
  /** Name of the model. Default: that of the option `modelName`. */
  model?: string;
  [member: string]: any;
}

export type OpenAIRequest = CompletionRequest | ChatRequest | EmbeddingRequest;

export interface OpenAIResponse {
  id?: string;
  /** Kind of the answer, such as `chat.completion`. */
  object?: string;
  model?: string;
  /** The texts: `text` of a completion, `message.content` of a chat. */
  choices?: {
    index: number;
    text?: string;
    message?: { role: string; content: string | null; [member: string]: any };
    finish_reason?: string | null;
    [member: string]: any;
  }[];
  /** The vectors. */
  data?: { index: number; embedding: number[]; [member: string]: any }[];
  /** Numbers of tokens. */
  usage?: Record<string, any> | null;
  [member: string]: any;
}

/** The path of a kind of request below the API's base, by the member that tells it. */
const PATHS = { messages: "chat/completions", prompt: "completions", input: "embeddings" } as const;

type Told = keyof typeof PATHS;

function toldBy(request: unknown): Told[] {
  const known = request !== null && typeof request === "object" && !("inputs" in request) ? request : {};
  return (Object.keys(PATHS) as Told[]).filter((member) => member in known);
}

/** Whether a request is one of OpenAI's API, and not an inference request. */
export function isOpenAI(request: unknown): request is OpenAIRequest {
  return toldBy(request).length > 0;
}

/** The part of the API that a request is of. */
export function openaiPart(request: OpenAIRequest): "completions" | "embeddings" {
  return toldBy(request).includes("input") ? "embeddings" : "completions";
}

/** All that is wrong with a request, before it is sent. */
export function checkOpenAI(request: OpenAIRequest): string[] {
  const told = toldBy(request);
  if (told.length > 1) return [`Only one of ${told.join(", ")} can be sent.`];
  const { messages, prompt, input, max_tokens, stream } = request as Record<string, any>;
  const problems: string[] = [];
  if (messages !== undefined && !(Array.isArray(messages) && messages.length > 0 && messages.every(isMessage)))
    problems.push(`messages: ${show(messages)} is not a list of messages, each with \`role\` and \`content\`.`);
  for (const [member, value] of Object.entries({ prompt, input }))
    if (value !== undefined && !isTexts(value))
      problems.push(`${member}: ${show(value)} is not a text, or a list of texts.`);
  if (max_tokens !== undefined && max_tokens !== null && !(Number.isInteger(max_tokens) && max_tokens >= 1))
    problems.push(`max_tokens: ${show(max_tokens)} is not a whole number from 1.`);
  if (stream)
    problems.push(
      "stream: the answer would come in pieces. Use the option `stream`, or `invokeText`, which gives the text of the pieces.",
    );
  return problems;
}

function isMessage(message: any): boolean {
  return typeof message?.role === "string" && "content" in message;
}

/** Texts, or tokens of texts, which the API takes as well. */
function isTexts(value: unknown): boolean {
  if (typeof value === "string") return true;
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => ["string", "number"].includes(typeof item) || isTexts(item))
  );
}

/** The URL that takes a request. */
export function openaiTarget(url: string, request: OpenAIRequest): string {
  const [told = "prompt"] = toldBy(request);
  return openaiPath(url, PATHS[told]);
}

const ENDS = new RegExp(`/(${Object.values(PATHS).join("|")})$`);

/** A URL of the API by that of its server, its own, or any of its parts. KServe's server has the API below `/openai/v1`. */
export function openaiPath(url: string, part: string): string {
  const target = new URL(url);
  const base = target.pathname.replace(/\/+$/, "").replace(ENDS, "");
  target.pathname = `${base || "/openai/v1"}/${part}`;
  return target.href;
}
