import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelServeArgs } from "../args";
import type { HuggingfaceTask } from "../huggingface/args";
import { apisOf, taskOfConfig } from "../huggingface/task";
import { isLater } from "../later";
import { type Apis, V2_ALONE } from "../serving/apis";
import { flavours } from "../serving/plan";
import { modelFile } from "./modelFile";
import { parseModelPath } from "./modelPath";

/**
 * The task of a Hugging Face model: what its arguments say, else what its files on this machine tell; nothing where neither
 * is there.
 *
 * @throws Error, to be shown at the argument `path`, for files that do not tell.
 */
export function huggingfaceTask({
  kind,
  path,
  huggingface,
}: Pick<ModelServeArgs, "kind" | "path" | "huggingface">): HuggingfaceTask | undefined {
  if (huggingface?.task !== undefined) return huggingface.task;
  if (isLater(path) || typeof path !== "string" || parseModelPath(path).scheme !== "file") return undefined;
  const config = readFileSync(join(modelFile(kind, path), "config.json"), "utf8");
  try {
    return taskOfConfig(config);
  } catch (error) {
    throw new Error(`"${path}" cannot be served: ${(error as Error).message}`);
  }
}

/**
 * The APIs in which a model is answered for; nothing where its task is not known.
 *
 * @throws Error, to be shown at the argument `path`, for files that do not tell the task.
 */
export function modelApis(args: ModelServeArgs): Apis | undefined {
  if (args.localExecution || flavours[args.kind].server === undefined) return V2_ALONE;
  const task = huggingfaceTask(args);
  return task && apisOf(task, args.huggingface?.backend);
}
