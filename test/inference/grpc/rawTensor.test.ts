import assert from "node:assert/strict";
import fc from "fast-check";
import { fromBytes, toBytes } from "../../../src/inference/grpc/rawTensor";
import type { Datatype, TensorData } from "../../../src/inference/protocol";

describe("a tensor in bytes", () => {
  const integer = (bits: number, signed: boolean) =>
    fc.integer({ min: signed ? -(2 ** (bits - 1)) : 0, max: 2 ** (signed ? bits - 1 : bits) - 1 });
  const VALUES: Record<Datatype, fc.Arbitrary<boolean | number | string | null>> = {
    BOOL: fc.boolean(),
    UINT8: integer(8, false),
    UINT16: integer(16, false),
    UINT32: integer(32, false),
    UINT64: fc.maxSafeNat(),
    INT8: integer(8, true),
    INT16: integer(16, true),
    INT32: integer(32, true),
    INT64: fc.maxSafeInteger(),
    FP16: fc.constantFrom(null, 0, 1, -2, 0.5, 65_504, 2 ** -24, 2 ** -14, 1.5, -0.099975586),
    FP32: fc.oneof(fc.constant(null), fc.float({ noNaN: true })),
    FP64: fc.oneof(fc.constant(null), fc.double({ noNaN: true })),
    BYTES: fc.string({ unit: "grapheme" }),
  };

  for (const [datatype, value] of Object.entries(VALUES))
    it(`of ${datatype} is the same again`, () =>
      fc.assert(
        fc.property(fc.array(value, { maxLength: 20 }), (data) => {
          const again = fromBytes(datatype as Datatype, toBytes(datatype as Datatype, data));
          if (datatype !== "FP16") return assert.deepEqual(again, data);
          for (const [index, element] of data.entries())
            assert.equal(
              Math.fround(again[index] as number).toPrecision(5),
              Math.fround(element as number).toPrecision(5),
            );
        }),
      ));

  it("is little-endian, texts with their length before them, as the specification has it", () => {
    const hex = (datatype: Datatype, data: TensorData) => toBytes(datatype, data).toString("hex");
    assert.equal(hex("INT32", [1, -1]), "01000000ffffffff");
    assert.equal(hex("FP32", [[1], [null]]), "0000803f0000c07f");
    assert.equal(hex("BYTES", ["ab", "é"]), "02000000616202000000c3a9");
    assert.equal(hex("BOOL", [true, 0]), "0100");
    assert.equal(
      hex("FP16", [1, -2, 65_504, 65_520, 2 ** -25, 2 ** -24, 1 + 2 ** -11, 1 + 3 * 2 ** -11]),
      "003c00c0ff7b007c00000100003c023c",
    );
  });

  it("of a typed array is what is in memory, also of a part of it, or is converted", () => {
    const numbers = new Float64Array([0, 1, 2]);
    assert.deepEqual(fromBytes("FP64", toBytes("FP64", numbers.subarray(1))), [1, 2]);
    assert.deepEqual(fromBytes("FP32", toBytes("FP32", numbers)), [0, 1, 2]);
    assert.deepEqual(
      fromBytes("INT64", toBytes("INT64", [new BigInt64Array([1n]), new BigInt64Array([-2n])])),
      [1, -2],
    );
  });
});
