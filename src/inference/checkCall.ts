import type { Apis } from "../serving/apis";
import { checkRequest } from "./checkRequest";
import { checkOpenAI, isOpenAI, openaiPart } from "./openai";

/** What is asked in the parts of OpenAI's API. */
const ASKED = { completions: "`prompt` or `messages`", embeddings: "`input`" };

/**
 * All that is wrong with a request of either API, before it is sent.
 *
 * @param apis those of the model, where they are known.
 */
export function checkCall(request: unknown, apis?: Apis): string[] {
  const openai = isOpenAI(request);
  const problems = openai ? checkOpenAI(request) : checkRequest(request);
  const answered = openai ? openaiPart(request) === apis?.openai : apis?.v2;
  if (apis === undefined || answered) return problems;
  const asked = [
    ...(apis.v2 ? ["`inputs` (Open Inference Protocol)"] : []),
    ...(apis.openai ? [`${ASKED[apis.openai]} (OpenAI's API)`] : []),
  ];
  return [`The model does not answer such a request. Give ${asked.join(", or ")}.`];
}
