import assert from "node:assert/strict";
import fc from "fast-check";
import { checkRequest } from "../../src/inference/checkRequest";

const INPUT = { name: "input-0", shape: [2, 2], datatype: "FP32", data: [1, 2, 3, 4] };

/** The problems of a good request whose input is changed. */
function problems(change: Record<string, unknown>): string {
  return checkRequest({ inputs: [{ ...INPUT, ...change }] }).join("\n");
}

describe("an inference request", () => {
  it("is accepted flat and nested", () => {
    assert.equal(problems({}), "");
    assert.equal(
      problems({
        data: [
          [1, 2],
          [3, 4],
        ],
      }),
      "",
    );
    assert.equal(problems({ data: [null, 2, 3, 4] }), "");
  });

  const REFUSED: [string, Record<string, unknown>, RegExp][] = [
    [
      "too few elements",
      { data: [1, 2, 3] },
      /^inputs\[0\]\.data: it has 3 elements, but the shape \[2, 2\] has room for 4/,
    ],
    ["another nesting", { data: [[1, 2, 3], [4]] }, /it is not nested as the shape \[2, 2\] is/],
    ["a shape that is none", { shape: [2, -2] }, /^inputs\[0\]\.shape: \[2,-2\] is not a list of whole numbers/],
    ["an unknown datatype", { datatype: "float32" }, /datatype: "float32" is not one of BOOL, UINT8/],
    ["texts as numbers", { data: ["1", 2, 3, 4] }, /data: "1" is not a value of FP32/],
    ["a fraction as integer", { datatype: "INT32", data: [1.5, 2, 3, 4] }, /data: 1\.5 is not a value of INT32/],
    ["a number too large", { datatype: "UINT8", data: [256, 2, 3, 4] }, /data: 256 is not a value of UINT8/],
    ["one that a double cannot hold", { datatype: "INT64", data: [2 ** 63, 2, 3, 4] }, /is not a value of INT64/],
    ["one that becomes infinity", { data: [1e300, 2, 3, 4] }, /data: 1e\+300 is not a value of FP32/],
    [
      "one that JSON rounds",
      { datatype: "UINT64", data: [2 ** 53, 2, 3, 4] },
      /UINT64, as JSON can send it, below 2\^53/,
    ],
    ["infinity", { data: [Number.POSITIVE_INFINITY, 2, 3, 4] }, /data: Infinity is not a value of FP32/],
    ["no name", { name: "" }, /name: "" is not a name/],
    ["no list", { data: 1 }, /data: 1 is not a list/],
  ];
  for (const [what, change, expected] of REFUSED)
    it(`is refused with ${what}`, () => assert.match(problems(change), expected));

  it("is refused without inputs, with two of a name, and with an output without one", () => {
    assert.match(checkRequest({}).join(), /inputs: undefined is not a list with at least one input/);
    assert.match(
      checkRequest({ inputs: [INPUT, INPUT] }).join(),
      /inputs\[1\]\.name: "input-0" is the name of another/,
    );
    assert.match(checkRequest({ inputs: [INPUT], outputs: [{}] }).join(), /outputs\[0\]\.name/);
  });

  it("is accepted in any shape, flat and nested alike", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, (shape) => {
        const count = shape.reduce((product, length) => product * length, 1);
        const nest = ([length, ...rest]: number[]): any =>
          length === undefined ? 0 : Array.from({ length }, () => nest(rest));
        const base = { name: "x", shape, datatype: "INT8" };
        assert.deepEqual(checkRequest({ inputs: [{ ...base, data: nest(shape) }] }), []);
        assert.deepEqual(checkRequest({ inputs: [{ ...base, data: Array(count).fill(0) }] }), []);
        assert.notDeepEqual(checkRequest({ inputs: [{ ...base, data: Array(count + 1).fill(0) }] }), []);
      }),
    );
  });

  it("never makes the check throw, whatever it is", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(checkRequest(value))));
  });
});
