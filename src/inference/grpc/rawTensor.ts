import type { Datatype, Element, TensorData } from "../protocol";

// Tensors as bytes, little-endian and without gaps, as `raw_input_contents` and `raw_output_contents` have them; BYTES each
// with their length before them (https://github.com/kserve/open-inference-protocol, inference_grpc.md, "Tensor Data").

/** How numbers of a datatype stand in bytes. */
interface Format {
  bytes: number;
  write(view: DataView, at: number, value: number): void;
  read(view: DataView, at: number): number;
}

const FORMATS: Record<Exclude<Datatype, "BYTES">, Format> = {
  BOOL: {
    bytes: 1,
    write: (view, at, value) => view.setUint8(at, value ? 1 : 0),
    read: (view, at) => view.getUint8(at),
  },
  UINT8: { bytes: 1, write: (view, at, value) => view.setUint8(at, value), read: (view, at) => view.getUint8(at) },
  UINT16: {
    bytes: 2,
    write: (view, at, value) => view.setUint16(at, value, true),
    read: (view, at) => view.getUint16(at, true),
  },
  UINT32: {
    bytes: 4,
    write: (view, at, value) => view.setUint32(at, value, true),
    read: (view, at) => view.getUint32(at, true),
  },
  UINT64: {
    bytes: 8,
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
    read: (view, at) => Number(view.getBigUint64(at, true)),
  },
  INT8: { bytes: 1, write: (view, at, value) => view.setInt8(at, value), read: (view, at) => view.getInt8(at) },
  INT16: {
    bytes: 2,
    write: (view, at, value) => view.setInt16(at, value, true),
    read: (view, at) => view.getInt16(at, true),
  },
  INT32: {
    bytes: 4,
    write: (view, at, value) => view.setInt32(at, value, true),
    read: (view, at) => view.getInt32(at, true),
  },
  INT64: {
    bytes: 8,
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
    read: (view, at) => Number(view.getBigInt64(at, true)),
  },
  FP16: {
    bytes: 2,
    write: (view, at, value) => view.setUint16(at, halfOf(value), true),
    read: (view, at) => fromHalf(view.getUint16(at, true)),
  },
  FP32: {
    bytes: 4,
    write: (view, at, value) => view.setFloat32(at, value, true),
    read: (view, at) => view.getFloat32(at, true),
  },
  FP64: {
    bytes: 8,
    write: (view, at, value) => view.setFloat64(at, value, true),
    read: (view, at) => view.getFloat64(at, true),
  },
};

/** Typed arrays that are in memory what goes over the wire, on the machines that Node.js runs on. */
const SAME: Partial<Record<Datatype, (data: unknown) => boolean>> = {
  INT8: (data) => data instanceof Int8Array,
  UINT8: (data) => data instanceof Uint8Array || data instanceof Uint8ClampedArray,
  INT16: (data) => data instanceof Int16Array,
  UINT16: (data) => data instanceof Uint16Array,
  INT32: (data) => data instanceof Int32Array,
  UINT32: (data) => data instanceof Uint32Array,
  INT64: (data) => data instanceof BigInt64Array,
  UINT64: (data) => data instanceof BigUint64Array,
  FP32: (data) => data instanceof Float32Array,
  FP64: (data) => data instanceof Float64Array,
};

/** The bytes of a tensor whose data fit its datatype; `null` is NaN. */
export function toBytes(datatype: Datatype, data: TensorData): Buffer {
  if (SAME[datatype]?.(data)) {
    const { buffer, byteOffset, byteLength } = data as Float64Array;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
  const elements = flat(data);
  if (datatype === "BYTES") return Buffer.concat(elements.flatMap((text) => withLength(Buffer.from(String(text)))));
  const { bytes, write } = FORMATS[datatype];
  const buffer = Buffer.allocUnsafe(elements.length * bytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let at = 0;
  for (const element of elements) {
    write(view, at, element === null ? Number.NaN : Number(element));
    at += bytes;
  }
  return buffer;
}

/** The elements of a tensor; NaN is `null`, as in JSON. */
export function fromBytes(datatype: Datatype, bytes: Uint8Array): Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (datatype === "BYTES") return textsOf(bytes, view);
  const format = FORMATS[datatype];
  return Array.from({ length: bytes.byteLength / format.bytes }, (_, index) => {
    const value = format.read(view, index * format.bytes);
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
