import { isLater } from "../later";
import { flag as anyFlag, type Problem, show, text } from "../rules";
import { type HuggingfaceArgs, HuggingfaceBackend, HuggingfaceDtype, HuggingfaceTask } from "./args";
import { backendOf, isGenerative } from "./task";

/** What is wrong with the options of a Hugging Face model, each by itself. */
export function checkHuggingface(options: unknown): Problem[] {
  if (options === undefined) return [];
  if (!isGroup(options))
    return [
      { argument: "huggingface", reason: `${show(options)} is not a group of options. Write it into the program.` },
    ];
  return Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined) return [];
    const argument = `huggingface.${option}`;
    const rule = RULES[option];
    if (!rule) return [{ argument, reason: `There is no such option. There are ${Object.keys(RULES).join(", ")}.` }];
    const [holds, expected, plain] = rule;
    if (isLater(value))
      return plain ? [{ argument, reason: "It must be known from the start: write it into the program." }] : [];
    return holds(value) ? [] : [{ argument, reason: `${show(value)} is not ${expected}.` }];
  });
}

/** Whether options are a group that was written into the program. */
export function isGroup(options: unknown): options is object {
  return options !== null && typeof options === "object" && !isLater(options);
}

/** `plain`: the value decides on what there is, so that it cannot be known only later. */
type Rule = [holds: (value: unknown) => boolean, expected: string, plain?: "plain"];

const flag: Rule = [...anyFlag, "plain"];
const count: Rule = [(value) => Number.isInteger(value) && (value as number) >= 1, "a whole number from 1"];
const texts: Rule = [
  (value) =>
    Array.isArray(value) && value.every((item) => isLater(item) || (typeof item === "string" && item.trim() !== "")),
  "a list of texts",
  "plain",
];

function oneOf(values: Record<string, string>): Rule {
  const all = Object.values(values);
  return [(value) => all.some((each) => each === value), `one of ${all.map(show).join(", ")}`, "plain"];
}

const RULES: Record<string, Rule> = {
  task: oneOf(HuggingfaceTask),
  backend: oneOf(HuggingfaceBackend),
  tokenizerRevision: text,
  maxLength: count,
  disableLowerCase: flag,
  disableSpecialTokens: flag,
  dtype: oneOf(HuggingfaceDtype),
  trustRemoteCode: flag,
  tensorInputNames: texts,
  returnTokenTypeIds: flag,
  returnProbabilities: flag,
  disableLogRequests: flag,
  maxLogLen: count,
  args: texts,
  token: text,
  tokenSecretName: text,
  endpoint: [
    (value) => typeof value === "string" && /^https?:\/\/[^/]/.test(value) && URL.canParse(value),
    "a URL (https://…)",
  ],
} satisfies Record<keyof HuggingfaceArgs, Rule>;

/** Which options a server honours depends on what answers: the reason why one would be ignored, if it would. */
const IGNORED: Partial<Record<keyof HuggingfaceArgs, (use: Use) => string | undefined>> = {
  disableLowerCase: ({ vllm }) => vllm,
  disableSpecialTokens: encoder,
  returnTokenTypeIds: encoder,
  returnProbabilities: (use) =>
    use.task === HuggingfaceTask.TextEmbedding ? `Task "${use.task}" has no classes` : encoder(use),
  tensorInputNames: (use) =>
    use.delegates
      ? encoder(use)
      : "The server sends tensors to another one only with `--predictor_host` in `huggingface.args`",
  maxLogLen: ({ logs }) => (logs ? undefined : "With `disableLogRequests` there is nothing to log"),
};

interface Use {
  task: HuggingfaceTask;
  /** Why vLLM may be what loads the model, if it may. */
  vllm: string | undefined;
  delegates: boolean;
  logs: boolean;
}

function encoder({ task, vllm }: Use): string | undefined {
  return isGenerative(task) ? `Task "${task}" has no use for it` : vllm;
}

/** What of the options KServe's server would ignore for a task, and what of `args` contradicts other arguments. */
export function checkOptionsOfServer(options: HuggingfaceArgs, task: HuggingfaceTask): Problem[] {
  const { args = [] } = options;
  const backend = backendOf(task, options.backend);
  const problems: Problem[] = [];
  if (backend === HuggingfaceBackend.Vllm && !isGenerative(task) && task !== HuggingfaceTask.TextEmbedding)
    problems.push({
      argument: "huggingface.backend",
      reason: `vLLM does not answer task "${task}" as the server's other backend does. Use "huggingface".`,
    });
  const use: Use = {
    task,
    vllm: { vllm: "vLLM has no such option", auto: 'vLLM, which backend "auto" may choose, has no such option' }[
      backend as string
    ],
    delegates: args.some((arg) => typeof arg === "string" && arg.startsWith("--predictor_host")),
    logs: options.disableLogRequests !== true,
  };
  for (const [option, ignored] of Object.entries(IGNORED)) {
    const given = options[option as keyof HuggingfaceArgs];
    const why = given === undefined || given === false ? undefined : ignored(use);
    if (why) problems.push({ argument: `huggingface.${option}`, reason: `${why}, so it would be ignored. Remove it.` });
  }
  return [...problems, ...checkArgs(args)];
}

/** Options of the server that follow from other arguments, with what to use instead. */
const OWN: Record<string, string> = {
  model_name: "`modelName`",
  served_model_name: "`modelName`",
  model_dir: "`path`",
  model_id: "`path` (hf://org/repo)",
  model_revision: "`path` (hf://org/repo@revision)",
  tokenizer_revision: "`huggingface.tokenizerRevision`",
  max_length: "`huggingface.maxLength`",
  max_model_len: "`huggingface.maxLength`",
  task: "`huggingface.task`",
  backend: "`huggingface.backend`",
  dtype: "`huggingface.dtype`",
  trust_remote_code: "`huggingface.trustRemoteCode`",
  disable_lower_case: "`huggingface.disableLowerCase`",
  disable_special_tokens: "`huggingface.disableSpecialTokens`",
  tensor_input_names: "`huggingface.tensorInputNames`",
  return_token_type_ids: "`huggingface.returnTokenTypeIds`",
  return_probabilities: "`huggingface.returnProbabilities`",
  disable_log_requests: "`huggingface.disableLogRequests`",
  max_log_len: "`huggingface.maxLogLen`",
  http_port: "nothing: the port is 8080",
  enable_grpc: "nothing: by gRPC the server fails on texts",
};

function checkArgs(args: HuggingfaceArgs["args"] = []): Problem[] {
  return args.flatMap((arg, index) => {
    const [, name] = typeof arg === "string" ? (/^--([\w-]+)/.exec(arg) ?? []) : [];
    const instead = name && OWN[name.replaceAll("-", "_")];
    if (!instead) return [];
    return [
      { argument: `huggingface.args[${index}]`, reason: `--${name} follows from another argument. Use ${instead}.` },
    ];
  });
}

const LOCAL_DTYPES = [HuggingfaceDtype.Auto, HuggingfaceDtype.Float32, HuggingfaceDtype.Float];

/** The options that MLServer's Hugging Face runtime knows; those of the Hub are refused by the path. */
export const LOCAL_OPTIONS = ["task", "backend", "dtype"];

/** What of the options the server of this machine would ignore. */
export function checkLocalHuggingface(options: HuggingfaceArgs = {}): Problem[] {
  if (!isGroup(options)) return []; // which `checkHuggingface` says
  const foreign = Object.entries(options).filter(
    ([option, value]) => value !== undefined && value !== false && !LOCAL_OPTIONS.includes(option),
  );
  const problems = foreign.map(([option]) => ({
    argument: `huggingface.${option}`,
    reason: "Only a cluster can honour it, and localExecution is true. Remove one of the two.",
  }));
  if (options.backend === HuggingfaceBackend.Vllm)
    problems.push({ argument: "huggingface.backend", reason: 'vLLM runs only on a cluster. Use "huggingface".' });
  if (options.dtype !== undefined && !LOCAL_DTYPES.some((dtype) => dtype === options.dtype))
    problems.push({ argument: "huggingface.dtype", reason: "MLServer loads all weights as float32. Remove it." });
  return problems;
}
