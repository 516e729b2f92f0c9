import type { InvokeOptions } from "../invokeOptions";
import type { Datatype, Element, InferenceRequest, InferenceResponse } from "../protocol";
import { callGrpc } from "./connection";
import { fromParameters, type Parameter, toParameters } from "./parameters";
import { fromBytes, toBytes } from "./rawTensor";

/** Asks a model over gRPC, with tensors as bytes. */
export async function invokeGrpc(
  url: string,
  request: InferenceRequest,
  options: InvokeOptions,
): Promise<InferenceResponse> {
  return answerOf(await callGrpc(url, "ModelInfer", messageOf(request, options.modelName ?? ""), options));
}

interface Tensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  parameters: Record<string, Parameter>;
  contents: Record<string, (Element | Buffer)[]> | null;
}

interface InferResponse {
  model_name: string;
  model_version: string;
  id: string;
  parameters: Record<string, Parameter>;
  outputs: Tensor[];
  raw_output_contents: Buffer[];
}

function messageOf({ id, inputs, outputs = [], parameters }: InferenceRequest, modelName: string): object {
  return {
    model_name: modelName,
    id,
    parameters: toParameters(parameters),
    inputs: inputs.map(({ name, datatype, shape, parameters }) => ({
      name,
      datatype,
      shape,
      parameters: toParameters(parameters),
    })),
    outputs: outputs.map(({ name, parameters }) => ({ name, parameters: toParameters(parameters) })),
    raw_input_contents: inputs.map(({ datatype, data }) => toBytes(datatype, data)),
  };
}

function answerOf({
  model_name,
  model_version,
  id,
  parameters,
  outputs,
  raw_output_contents: raw,
}: InferResponse): InferenceResponse {
  return {
    model_name,
    ...(model_version ? { model_version } : {}),
    id,
    parameters: fromParameters(parameters),
    outputs: outputs.map(({ name, datatype, shape, parameters, contents }, index) => {
      const bytes = raw[index];
      const data = bytes
        ? fromBytes(datatype, bytes)
        : Object.values(contents ?? {})
            .flat()
            .map(elementOf);
      return { name, datatype, shape, parameters: fromParameters(parameters), data };
    }),
  };
}

function elementOf(value: Element | Buffer): Element {
  if (Buffer.isBuffer(value)) return value.toString("utf8");
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}
