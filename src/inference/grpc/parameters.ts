import { notSent } from "../error";
import type { Parameters } from "../protocol";

/** A parameter as the protocol's messages have it. */
export interface Parameter {
  parameter_choice?: "bool_param" | "int64_param" | "string_param";
  bool_param?: boolean;
  int64_param?: number;
  string_param?: string;
}

/** @throws InferenceError for a value that the protocol has no parameter for. */
export function toParameters(parameters: Parameters = {}): Record<string, Parameter> {
  const one = (name: string, value: unknown): Parameter => {
    if (typeof value === "boolean") return { bool_param: value };
    if (typeof value === "string") return { string_param: value };
    if (Number.isSafeInteger(value)) return { int64_param: value as number };
    throw notSent([
      `parameters.${name}: ${JSON.stringify(value)} is neither a text, a whole number nor true or false, which are all that gRPC takes. Use the model's \`url\`.`,
    ]);
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, one(name, value)]));
}

export function fromParameters(parameters: Record<string, Parameter>): Parameters {
  const chosen = (parameter: Parameter) => parameter.parameter_choice && parameter[parameter.parameter_choice];
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, chosen(parameter)]));
}
