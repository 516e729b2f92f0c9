import type { Element, InferenceRequest, RequestInput, TensorData, TypedArray } from "./protocol";

/** A request whose tensors are plain arrays, as JSON has them. */
export function plainRequest(request: InferenceRequest): InferenceRequest {
  if (!Array.isArray(request?.inputs)) return request; // which its check says
  const inputs = request.inputs.map((input) => (hasTyped(input?.data) ? plainInput(input) : input));
  return { ...request, inputs };
}

function plainInput(input: RequestInput): RequestInput {
  return { ...input, data: plainData(input.data) };
}

/** Integers of 64 bits that a double cannot hold become texts, which the check of the request refuses. */
function plainData(data: TensorData): TensorData {
  if (isTyped(data))
    return Array.from<number | bigint, number | string>(data as Iterable<number | bigint>, plainNumber);
  return data.map((part) => {
    if (typeof part === "bigint") return plainNumber(part) as Element;
    return part !== null && typeof part === "object" ? plainData(part) : part;
  });
}

function plainNumber(value: number | bigint): number | string {
  if (typeof value === "number") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function hasTyped(data: unknown): boolean {
  return isTyped(data) || typeof data === "bigint" || (Array.isArray(data) && hasTyped(data[0]));
}

function isTyped(data: unknown): data is TypedArray {
  return ArrayBuffer.isView(data) && !(data instanceof DataView);
}
