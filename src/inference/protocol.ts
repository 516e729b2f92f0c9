/**
 * Requests and answers of the Open Inference Protocol, version 2, over REST
 * (https://github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md).
 */

/** The protocol's datatypes that MLServer takes over REST. */
export const DATATYPES = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
] as const;

export type Datatype = (typeof DATATYPES)[number];

/** One element; `null` is NaN in FP16, FP32 and FP64. BYTES are texts, in base64 if the content type says so. */
export type Element = boolean | number | string | null;

/** Elements in row-major order, flat or nested as the shape is; typed arrays are taken as well. */
export type TensorData = (Element | TensorData)[] | TypedArray;

/** Numbers as JavaScript keeps them in bulk. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Extra facts about a request, an input or an output, such as `content_type`. */
export type Parameters = Record<string, any>;

export interface RequestInput {
  /** Name of the input; MLServer's scikit-learn runtime takes any. */
  name: string;
  /** Lengths of the dimensions, the number of rows first. */
  shape: number[];
  datatype: Datatype;
  data: TensorData;
  parameters?: Parameters;
}

export interface RequestOutput {
  /** Name of an output to give out, such as `predict` or `predict_proba`. */
  name: string;
  parameters?: Parameters;
}

export interface InferenceRequest {
  /** Comes back with the answer, and is in the server's log. `invoke` makes one up if it is not given. */
  id?: string;
  inputs: RequestInput[];
  /** The outputs to give out; all of the model's default ones if not given. */
  outputs?: RequestOutput[];
  parameters?: Parameters;
}

export interface ResponseOutput {
  name: string;
  /** Lengths of the dimensions; MLServer gives one-dimensional results the shape [n, 1]. */
  shape: number[];
  datatype: Datatype;
  /** Elements in row-major order, flat. */
  data: Element[];
  parameters?: Parameters;
}

/** What a server tells of a tensor of its model. */
export interface TensorMetadata {
  name: string;
  datatype: string;
  /** Lengths of the dimensions; -1 where any length will do. */
  shape: number[];
  parameters?: Parameters;
}

/** What a server tells of a model. MLServer knows inputs and outputs of MLflow models with a signature, and of few others. */
export interface ModelMetadata {
  name: string;
  versions?: string[];
  platform?: string;
  inputs?: TensorMetadata[];
  outputs?: TensorMetadata[];
  parameters?: Parameters;
}

export interface InferenceResponse {
  model_name: string;
  model_version?: string;
  id?: string;
  outputs: ResponseOutput[];
  parameters?: Parameters;
}
