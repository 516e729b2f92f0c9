import type { ModelServeArgs } from "../args";
import { HuggingfaceTask } from "../huggingface/args";
import { checkHuggingface, checkOptionsOfServer } from "../huggingface/check";
import { isOpenAI } from "../inference/openai";
import { hasLater, isLater } from "../later";
import { isKind, type Problem } from "../rules";
import { flavours } from "../serving/plan";
import { huggingfaceTask, modelApis } from "../source/huggingfaceTask";

/** What is wrong with arguments that KServe's Hugging Face server would not honour. */
export function checkHuggingfaceServer(args: ModelServeArgs): Problem[] {
  const { kind, path, huggingface = {}, serverSettings, allowVersionSkew } = args;
  if (!isKind(kind) || flavours[kind].server === undefined || checkHuggingface(huggingface).length > 0) return [];
  const problems = Object.entries({ serverSettings, allowVersionSkew })
    .filter(([, value]) => value !== undefined)
    .map(([argument]) => ({
      argument,
      reason:
        "On a cluster KServe's server serves this kind, which knows no such settings. Remove it; its own options are in `huggingface`.",
    }));
  if (isLater(path) && huggingface.task === undefined) return [...problems, MISSING_TASK];
  try {
    const task = huggingfaceTask(args);
    if (task === undefined) return [...problems, MISSING_TASK];
    return [...problems, ...checkOptionsOfServer(huggingface, task), ...checkSample(args)];
  } catch (error) {
    return [...problems, { argument: "path", reason: (error as Error).message }];
  }
}

const MISSING_TASK: Problem = {
  argument: "huggingface.task",
  reason: `It is missing: the model is not on this machine, where its config.json would tell what it does. Give one of ${Object.values(HuggingfaceTask).join(", ")}.`,
};

/** A sample request must be of an API in which the model answers. */
function checkSample(args: ModelServeArgs): Problem[] {
  const request: unknown = args.smokeTest?.request;
  if (request === undefined || hasLater(request)) return [];
  const { v2, openai } = modelApis(args);
  const argument = "smokeTest.request";
  if (!v2 && !isOpenAI(request))
    return [{ argument, reason: "The model answers in OpenAI's API alone: give `prompt`, `messages` or `input`." }];
  if (openai === undefined && isOpenAI(request))
    return [{ argument, reason: "The model answers in the Open Inference Protocol alone: give `inputs`." }];
  return [];
}
