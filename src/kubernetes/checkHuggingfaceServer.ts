import type { ModelServeArgs } from "../args";
import { HuggingfaceTask } from "../huggingface/args";
import { checkHuggingface, checkOptionsOfServer } from "../huggingface/check";
import { isLater } from "../later";
import { isKind, type Problem } from "../rules";
import { flavours } from "../serving/plan";
import { huggingfaceTask } from "../source/huggingfaceTask";

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
    return [...problems, ...checkOptionsOfServer(huggingface, task)];
  } catch (error) {
    return [...problems, { argument: "path", reason: (error as Error).message }];
  }
}

const MISSING_TASK: Problem = {
  argument: "huggingface.task",
  reason: `It is missing: the model is not on this machine, where its config.json would tell what it does. Give one of ${Object.values(HuggingfaceTask).join(", ")}.`,
};
