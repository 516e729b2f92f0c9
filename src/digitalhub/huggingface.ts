import type { HuggingfaceArgs } from "../huggingface/args";
import { LOCAL_OPTIONS } from "../huggingface/check";
import { RUN_IS_LOCAL } from "./cluster";
import type { Fields } from "./fields";

/** The task's parameters of a `huggingfaceserve`, by their names here. */
const PARAMETERS: Partial<Record<keyof HuggingfaceArgs, string[]>> = {
  task: ["huggingface_task", "huggingface_task_name"], // the second in release 0.8
  backend: ["backend"],
  tokenizerRevision: ["tokenizer_revision"],
  maxLength: ["max_length"],
  disableLowerCase: ["disable_lower_case"],
  disableSpecialTokens: ["disable_special_tokens"],
  dtype: ["dtype"],
  trustRemoteCode: ["trust_remote_code"],
  tensorInputNames: ["tensor_input_names"],
  returnTokenTypeIds: ["return_token_type_ids"],
  returnProbabilities: ["return_probabilities"],
  disableLogRequests: ["disable_log_requests"],
  maxLogLen: ["max_log_len"],
  args: ["args"],
};

/** Enums, which the platform writes in capitals. */
const NAMES = ["task", "backend", "dtype"];

/** The options of a Hugging Face model, from the parameters of a task and a run. */
export function huggingfaceOptions(serving: Fields, local: boolean): HuggingfaceArgs | undefined {
  const options: Record<string, unknown> = {};
  for (const [option, names] of Object.entries(PARAMETERS)) {
    const value = serving.take(...names);
    if (value === undefined) continue;
    if (local && !LOCAL_OPTIONS.includes(option)) {
      serving.leftOut(names[0] as string, RUN_IS_LOCAL);
      continue;
    }
    options[option] = NAMES.includes(option) ? String(value).toLowerCase() : value;
    if (value === false)
      serving.converted(names[0] as string, "It is false; the platform's server takes it for true, whatever it is.");
  }
  if (options.trustRemoteCode === undefined && !local)
    serving.converted(
      "trust_remote_code",
      "The platform runs the model's own code unless told otherwise. Here it does not: set `huggingface.trustRemoteCode` if the model needs it.",
    );
  if (options.task === undefined)
    serving.converted(
      "huggingface_task",
      "The platform's server finds it by itself. Here a preview tells it: set `huggingface.task` unless the model is on this machine.",
    );
  return Object.keys(options).length > 0 ? options : undefined;
}

/** Where a model of the Hub is: the platform writes its revision after a colon. */
export function hubPath(path: string, spec: Fields): string {
  const [, repo, revision] = /^(?:hf|huggingface):\/\/([^:@]+)(?::(.+))?$/i.exec(path) ?? [];
  if (repo === undefined) return path;
  const here = `hf://${repo}${revision === undefined ? "" : `@${revision}`}`;
  if (here !== path) spec.converted("path", `It is ${here} here.`);
  return here;
}

/** The parameters for options, of the task and of the run. */
export function huggingfaceParameters(
  options: HuggingfaceArgs = {},
  leftOut: (field: string, text: string) => void,
): { task: Record<string, unknown>; run: Record<string, unknown> } {
  const { args, ...others } = options;
  const task: Record<string, unknown> = {};
  for (const [option, value] of Object.entries(others)) {
    const [name] = PARAMETERS[option as keyof HuggingfaceArgs] ?? [];
    if (name === undefined) leftOut(`huggingface.${option}`, "The platform has no such parameter.");
    else task[name] = NAMES.includes(option) && option !== "task" ? String(value).toUpperCase() : value;
  }
  return { task, run: args === undefined ? {} : { args } };
}
