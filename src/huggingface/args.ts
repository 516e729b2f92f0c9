import type { Input } from "@pulumi/pulumi";

/** What a Hugging Face model does: the tasks of KServe's server, by its names. */
export const HuggingfaceTask = {
  /** A class for a text. */
  SequenceClassification: "sequence_classification",
  /** A class for each token of a text. */
  TokenClassification: "token_classification",
  /** The word that is missing in a text. */
  FillMask: "fill_mask",
  /** A text that goes on. */
  TextGeneration: "text_generation",
  /** A text for a text: a translation, a summary. */
  Text2TextGeneration: "text2text_generation",
  /** A vector for a text. */
  TextEmbedding: "text_embedding",
} as const;

export type HuggingfaceTask = (typeof HuggingfaceTask)[keyof typeof HuggingfaceTask];

/** What loads a Hugging Face model. */
export const HuggingfaceBackend = {
  /** vLLM for tasks that generate text, where it knows the model's architecture, and transformers for all others. */
  Auto: "auto",
  Vllm: "vllm",
  /** transformers. */
  Huggingface: "huggingface",
} as const;

export type HuggingfaceBackend = (typeof HuggingfaceBackend)[keyof typeof HuggingfaceBackend];

/** The type of a model's weights in memory; `float` is `float32`, `half` is `float16`. */
export const HuggingfaceDtype = {
  Auto: "auto",
  Float16: "float16",
  Float32: "float32",
  Bfloat16: "bfloat16",
  Float: "float",
  Half: "half",
} as const;

export type HuggingfaceDtype = (typeof HuggingfaceDtype)[keyof typeof HuggingfaceDtype];

/**
 * How a Hugging Face model is loaded and asked: the parameters of the DigitalHub task, which are the options of KServe's
 * Hugging Face server (https://github.com/kserve/kserve, python/huggingfaceserver). An option that the backend, or the
 * server of this machine, would ignore is refused.
 */
export interface HuggingfaceArgs {
  /** What the model does. Default: what its `config.json` says; required for a model that is not on this machine. */
  task?: HuggingfaceTask;
  /** What loads the model. With `localExecution` it is transformers. Default: `auto`. */
  backend?: HuggingfaceBackend;
  /** Branch, tag or commit of the tokenizer's files, for an `hf://` model. Default: the model's. */
  tokenizerRevision?: Input<string>;
  /** Most tokens of a text, or of a prompt and its answer. Only on a cluster. Default: as many as the model was made for. */
  maxLength?: Input<number>;
  /** Whether the tokenizer keeps capitals. Only on a cluster, by transformers. Default: false. */
  disableLowerCase?: boolean;
  /** Whether the tokenizer adds no special tokens, such as `[CLS]`. Only on a cluster, for tasks that generate no text. Default: false. */
  disableSpecialTokens?: boolean;
  /** Type of the weights in memory. Default: `auto`, which is `float16` on a GPU and `float32` without; with `localExecution` it is `float32`. */
  dtype?: HuggingfaceDtype;
  /** Whether Python code in the model's folder may run. Only on a cluster. Default: false. */
  trustRemoteCode?: boolean;
  /** The tokenizer's tensors that are sent to another inference server, to which `--predictor_host` in `args` leads. Only on a cluster. Default: all. */
  tensorInputNames?: Input<string>[];
  /** Whether the model gets token type ids. Only on a cluster, for tasks that generate no text. Default: false. */
  returnTokenTypeIds?: boolean;
  /** Whether scores of all classes are given out, and not the best class. Only on a cluster, for classification and `fill_mask`. Default: false. */
  returnProbabilities?: boolean;
  /** Whether requests are kept out of the server's log. Only on a cluster. Default: false. */
  disableLogRequests?: boolean;
  /** Most characters of a prompt in the server's log. Only on a cluster. Default: all. */
  maxLogLen?: Input<number>;
  /** Further arguments of the server, such as `--gpu-memory-utilization=0.8` for vLLM. Only on a cluster. Default: none. */
  args?: Input<string>[];
  /** Token for a private or gated `hf://` model, put into a generated Secret. Default: none. */
  token?: Input<string>;
  /** Name of an existing Secret in the namespace with the token, at the key HF_TOKEN. Default: none. */
  tokenSecretName?: Input<string>;
  /** URL of the Hub, for a mirror of it. Default: `https://huggingface.co`. */
  endpoint?: Input<string>;
}
