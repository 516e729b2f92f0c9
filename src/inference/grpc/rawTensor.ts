import type { Datatype, Element, TensorData } from "../protocol";

// Tensors as bytes, little-endian and without gaps, as `raw_input_contents` and `raw_output_contents` have them; BYTES each
// with their length before them (https://github.com/kserve/open-inference-protocol, inference_grpc.md, "Tensor Data").

/** How numbers of a datatype are kept: as in memory, on the machines that Node.js runs on, which are little-endian. */
interface Format {
  array: TypedArrayClass;
  /** To what is kept; as it is if not given. */
  to?(value: number): number | bigint;
  /** From what is kept. */
  from?(value: any): number;
}

/** Arrays of numbers, and those of big integers, have no type in common. */
type TypedArrayClass = new (source: any) => any;

const FORMATS: Record<Exclude<Datatype, "BYTES">, Format> = {
  BOOL: { array: Uint8Array, to: (value) => (value ? 1 : 0) },
  UINT8: { array: Uint8Array },
  UINT16: { array: Uint16Array },
  UINT32: { array: Uint32Array },
  UINT64: { array: BigUint64Array, to: BigInt, from: Number },
  INT8: { array: Int8Array },
  INT16: { array: Int16Array },
  INT32: { array: Int32Array },
  INT64: { array: BigInt64Array, to: BigInt, from: Number },
  FP16: { array: Uint16Array, to: halfOf, from: fromHalf },
  FP32: { array: Float32Array },
  FP64: { array: Float64Array },
};

/** Whether a typed array is what goes over the wire. */
function isSame(datatype: Exclude<Datatype, "BYTES">, data: unknown): data is ArrayBufferView {
  if (datatype === "BOOL" || datatype === "FP16") return false; // whose arrays are of other numbers
  return data instanceof FORMATS[datatype].array || (datatype === "UINT8" && data instanceof Uint8ClampedArray);
}

/** The bytes of a tensor whose data fit its datatype; `null` is NaN. */
export function toBytes(datatype: Datatype, data: TensorData): Buffer {
  if (datatype === "BYTES") return Buffer.concat(flat(data).flatMap((text) => withLength(Buffer.from(String(text)))));
  if (isSame(datatype, data)) return bytesOf(data);
  const { array, to } = FORMATS[datatype];
  const elements = flat(data);
  const numbers = new array(elements.length);
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index] as Element;
    const value = element === null ? Number.NaN : Number(element);
    numbers[index] = to ? to(value) : value;
  }
  return bytesOf(numbers);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** The elements of a tensor; NaN is `null`, as in JSON. */
export function fromBytes(datatype: Datatype, bytes: Uint8Array): Element[] {
  if (datatype === "BYTES") return textsOf(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const { array, from = Number } = FORMATS[datatype];
  const aligned = Uint8Array.prototype.slice.call(bytes).buffer; // bytes may begin anywhere in theirs
  return Array.from(new array(aligned), (kept) => {
    const value = from(kept);
    if (datatype === "BOOL") return value !== 0;
    return Number.isNaN(value) ? null : value;
  });
}

function flat(data: TensorData): Element[] {
  if (!Array.isArray(data)) return Array.from(data as Iterable<number>);
  if (!data.some((part) => part !== null && typeof part === "object")) return data as Element[];
  const elements: Element[] = [];
  for (const part of data) {
    if (part === null || typeof part !== "object") elements.push(part);
    else for (const element of flat(part)) elements.push(element);
  }
  return elements;
}

function withLength(text: Buffer): [Buffer, Buffer] {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(text.length);
  return [length, text];
}

function textsOf(bytes: Uint8Array, view: DataView): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const end = at + 4 + view.getUint32(at, true);
    texts.push(Buffer.from(bytes.subarray(at + 4, end)).toString("utf8"));
    at = end;
  }
  return texts;
}

/** The nearest number of 16 bits (IEEE 754 binary16), ties to even. */
function halfOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | toEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 14) << 10) + toEven(size * 2 ** (10 - exponent)));
}

function toEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
