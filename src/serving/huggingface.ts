import { HuggingfaceTask } from "../huggingface/args";
import type { Flavour } from "./flavour";

/** What transformers' pipelines, and with them MLServer, call the tasks. */
const PIPELINES: Record<HuggingfaceTask, string> = {
  [HuggingfaceTask.SequenceClassification]: "text-classification",
  [HuggingfaceTask.TokenClassification]: "token-classification",
  [HuggingfaceTask.FillMask]: "fill-mask",
  [HuggingfaceTask.TextGeneration]: "text-generation",
  [HuggingfaceTask.Text2TextGeneration]: "text2text-generation",
  [HuggingfaceTask.TextEmbedding]: "feature-extraction",
};

/**
 * A model of Hugging Face's transformers, saved by `save_pretrained` together with its tokenizer: on this machine by
 * MLServer (`runtimes/huggingface`), on a cluster by KServe's Hugging Face server.
 */
export const huggingface: Flavour = {
  implementation: "mlserver_huggingface.HuggingFaceRuntime",
  runtimePackage: "mlserver-huggingface",
  without: ["tensorflow", "tf-keras", "triton", "onnx", "onnxruntime", "datasets", "evaluate"],
  variables: { HF_HUB_OFFLINE: "1", HF_HUB_DISABLE_TELEMETRY: "1" },
  server: "huggingfaceserver",
  tested: { transformers: "4.41.2" },
  modelSize: "10Gi",
  resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { memory: "4Gi" } },
  layout: { is: "folder", holds: "config.json", weights: [".safetensors", ".bin"] },
  light: false,
  mistakenPath: (path) =>
    /\.(safetensors|bin|gguf|json)$/.test(path)
      ? "Give the folder, in which the tokenizer's files are as well."
      : undefined,
  parameters: ({ huggingface: { task } = {} }) => ({ extra: { task: task && PIPELINES[task], framework: "pt" } }),
  facts: async () => ({ requirements: REQUIREMENTS, pythons: ["3.11", "3.10", "3.9"], modules: [], light: false }),
};

/** MLServer 1.7.1 does not import with later ones (SeldonIO/MLServer#1955). */
const REQUIREMENTS = ["transformers==4.41.2", "optimum==1.17.1", "torch>=1.13,<2.5"];
