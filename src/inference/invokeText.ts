import type { Readable } from "node:stream";
import { InferenceError } from "./error";
import type { InvokeOptions } from "./invokeOptions";
import type { ChatRequest, CompletionRequest } from "./openai";
import { invokeOpenAI } from "./openaiCall";

/**
 * Asks a text model for an answer, and gives its text piece by piece, as the server makes it.
 *
 * @param url as for `invoke`, of a model that answers in OpenAI's API (`model.openaiUrl`).
 * @param request a completion or chat; of several prompts the texts would come mixed, so give one.
 * @param options as for `invoke`; `timeout` is that of the whole answer.
 * @throws InferenceError when the request is wrong, refused or not answered, or the answer ends early.
 */
export async function* invokeText(
  url: string,
  request: CompletionRequest | ChatRequest,
  options: Omit<InvokeOptions, "stream"> = {},
): AsyncGenerator<string, void, undefined> {
  const body = (await invokeOpenAI(url, request, { ...options, stream: true })) as Readable;
  for await (const event of events(body)) {
    if (event === END) return;
    const piece = textOf(event);
    if (piece !== "") yield piece;
  }
  throw cutOff();
}

/** The last event of an answer. */
const END = "[DONE]";

/** The data of server-sent events, as they come (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
async function* events(body: Readable): AsyncGenerator<string> {
  const { createParser } = await import("eventsource-parser");
  let found: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => found.push(data) });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      const ready = found;
      found = [];
      yield* ready;
    }
  } catch (error) {
    throw error instanceof InferenceError ? error : cutOff(error as Error);
  }
}

function cutOff(error?: Error): InferenceError {
  const why = error ? ` (${error.message})` : "";
  return new InferenceError(
    `The answer ended early${why}: its time was over (\`timeout\`), it was cancelled, or the server, or what is in front of it, has ended.`,
  );
}

/** The text in one event. */
function textOf(event: string): string {
  const { choices = [], error } = parsed(event);
  if (error) throw new InferenceError(`The model failed on the request: ${error.message ?? JSON.stringify(error)}`);
  return choices.map(({ text, delta }: any) => text ?? delta?.content ?? "").join("");
}

function parsed(event: string): any {
  try {
    return JSON.parse(event);
  } catch {
    throw new InferenceError(`The answer is no text of OpenAI's API: ${event.slice(0, 300)}`);
  }
}
