import type { Apis } from "../serving/apis";
import { HuggingfaceBackend, HuggingfaceTask } from "./args";

const TASKS = HuggingfaceTask;

/** The tasks by the ends of the names of architectures, in `config.json`. */
const ARCHITECTURES: Record<string, HuggingfaceTask> = {
  ForSequenceClassification: TASKS.SequenceClassification,
  ForTokenClassification: TASKS.TokenClassification,
  ForMaskedLM: TASKS.FillMask,
  ForCausalLM: TASKS.TextGeneration,
  LMHeadModel: TASKS.TextGeneration,
  ForConditionalGeneration: TASKS.Text2TextGeneration,
  MTModel: TASKS.Text2TextGeneration,
};

/**
 * The task of a model.
 *
 * @param config the text of its `config.json`.
 * @throws Error, to be shown at the argument `path`, when that does not tell.
 */
export function taskOfConfig(config: string): HuggingfaceTask {
  const architectures = architecturesOf(config);
  const ends = Object.entries(ARCHITECTURES);
  const task = architectures.flatMap((name) => ends.filter(([end]) => name.endsWith(end)))[0]?.[1];
  if (task) return task;
  const named = architectures.length > 0 ? `the architecture ${architectures.join(", ")}` : "no architecture";
  throw new Error(
    `its config.json names ${named}, which does not tell the task. Set \`huggingface.task\`: ${Object.values(TASKS).join(", ")}.`,
  );
}

function architecturesOf(config: string): string[] {
  try {
    const { architectures } = JSON.parse(config);
    return Array.isArray(architectures) ? architectures.map(String) : [];
  } catch (error) {
    throw new Error(`its config.json is not JSON: ${(error as Error).message}.`);
  }
}

/** Whether a task generates text. */
export function isGenerative(task: HuggingfaceTask): boolean {
  return task === TASKS.TextGeneration || task === TASKS.Text2TextGeneration;
}

/** The backend that KServe's server is told. vLLM answers other tasks in ways of its own, so `auto` is transformers for them. */
export function backendOf(
  task: HuggingfaceTask,
  backend: HuggingfaceBackend = HuggingfaceBackend.Auto,
): HuggingfaceBackend {
  const chosen = backend !== HuggingfaceBackend.Auto || isGenerative(task);
  return chosen ? backend : HuggingfaceBackend.Huggingface;
}

/** The APIs of KServe's server for a task. */
export function apisOf(task: HuggingfaceTask, backend?: HuggingfaceBackend): Apis {
  if (isGenerative(task)) return { v2: false, openai: "completions" };
  const v2 = backendOf(task, backend) === HuggingfaceBackend.Huggingface;
  return { v2, openai: task === TASKS.TextEmbedding ? "embeddings" : undefined };
}
