import type * as pulumi from "@pulumi/pulumi";
import type { HuggingfaceArgs } from "../huggingface/args";
import { type EnvironmentVariable, fromSecret, plain } from "./environment";

/** The Hugging Face Hub. */
export const HUB = "https://huggingface.co";

const TOKEN = "HF_TOKEN";
const KEY = "huggingface.token";

/** What of the access to the Hub goes into the generated Secret. */
export function hubSecrets({ token }: HuggingfaceArgs = {}): Record<string, pulumi.Input<string>> {
  return token === undefined ? {} : { [KEY]: token };
}

/**
 * How `fetch-model` reaches the Hub (https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables),
 * but for its endpoint, which may hold a password (`endpointVariable`).
 *
 * @param secretName of the generated Secret.
 */
export function hubEnvironment(options: HuggingfaceArgs = {}, secretName: pulumi.Input<string>): EnvironmentVariable[] {
  const { token, tokenSecretName, tokenizerRevision } = options;
  return [
    ...plain({ TOKENIZER_REVISION: tokenizerRevision }),
    ...(tokenSecretName === undefined ? [] : fromSecret(tokenSecretName, { [TOKEN]: TOKEN })),
    ...(token === undefined ? [] : fromSecret(secretName, { [TOKEN]: KEY })),
  ];
}
