import type { Input } from "@pulumi/pulumi";
import { compute } from "../lifted";
import { type HuggingfaceArgs, HuggingfaceBackend, type HuggingfaceTask } from "./args";
import { backendOf } from "./task";

/**
 * The options of KServe's Hugging Face server. It takes `--flag false` for true, so an option that is false is not there.
 *
 * @param folder of the model.
 */
export function flags(
  args: HuggingfaceArgs,
  { task, modelName, folder }: { task: HuggingfaceTask; modelName: Input<string>; folder: string },
): Input<string>[] {
  const backend = backendOf(task, args.backend);
  return [
    ...value("model_name", modelName),
    ...value("model_dir", folder),
    ...value("backend", backend),
    ...(backend === HuggingfaceBackend.Vllm ? [] : value("task", task)), // vLLM has no such option
    "--enable_grpc=false", // by gRPC it fails on texts
    ...value("max_model_len", args.maxLength),
    ...value("dtype", args.dtype),
    ...flag("trust_remote_code", args.trustRemoteCode),
    ...flag("disable_lower_case", args.disableLowerCase),
    ...flag("disable_special_tokens", args.disableSpecialTokens),
    ...flag("return_token_type_ids", args.returnTokenTypeIds),
    ...flag("return_probabilities", args.returnProbabilities),
    ...value(
      "tensor_input_names",
      args.tensorInputNames && compute(args.tensorInputNames as Input<string[]>, (names) => names.join()),
    ),
    ...flag("disable_log_requests", args.disableLogRequests),
    ...value("max_log_len", args.maxLogLen),
    ...(args.args ?? []),
  ];
}

function value(name: string, input: Input<string | number> | undefined): Input<string>[] {
  return input === undefined ? [] : [compute(input, (known) => `--${name}=${known}`)];
}

function flag(name: string, is: boolean | undefined): string[] {
  return is ? [`--${name}`] : [];
}
