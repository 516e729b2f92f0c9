import { invoke } from "../inference/invoke";
import type { InvokeOptions } from "../inference/invokeOptions";
import { invokeText } from "../inference/invokeText";
import type { OpenAIRequest } from "../inference/openai";

/** Asks a model that answers in OpenAI's API, and prints its text as it is made, or its answer as data. */
export async function generate(
  url: string,
  request: OpenAIRequest,
  how: InvokeOptions,
  { json }: { json?: boolean },
): Promise<void> {
  const several = (Array.isArray(request.prompt) && request.prompt.length > 1) || Number(request.n ?? 1) > 1;
  if (json || "input" in request || several) {
    const answer = await invoke(url, request, how);
    console.log(JSON.stringify(answer, null, 2));
    return;
  }
  for await (const piece of invokeText(url, request as Parameters<typeof invokeText>[1], how))
    process.stdout.write(piece);
  process.stdout.write("\n");
}
