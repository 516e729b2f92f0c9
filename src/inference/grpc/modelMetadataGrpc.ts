import type { InvokeOptions } from "../invokeOptions";
import type { ModelMetadata } from "../protocol";
import { callGrpc } from "./connection";
import { fromParameters, type Parameter } from "./parameters";

/** What the server tells of a model, over gRPC. */
export async function modelMetadataGrpc(url: string, options: InvokeOptions): Promise<ModelMetadata> {
  const message = { name: options.modelName };
  const { name, versions, platform, inputs, outputs, parameters } = await callGrpc<MetadataResponse>(
    url,
    "ModelMetadata",
    message,
    options,
  );
  const plain = (tensors: Tensor[]) =>
    tensors.map(({ parameters, ...tensor }) => ({ ...tensor, parameters: fromParameters(parameters) }));
  return {
    name,
    versions,
    platform,
    inputs: plain(inputs),
    outputs: plain(outputs),
    parameters: fromParameters(parameters),
  };
}

interface Tensor {
  name: string;
  datatype: string;
  shape: number[];
  parameters: Record<string, Parameter>;
}

interface MetadataResponse {
  name: string;
  versions: string[];
  platform: string;
  inputs: Tensor[];
  outputs: Tensor[];
  parameters: Record<string, Parameter>;
}
