import { ModelServe } from "modelserve";

// A classifier of handwritten digits, saved by joblib. The update that creates it also asks it: the answer is an output.
const digits = new ModelServe("digits", {
  kind: "sklearnserve",
  path: "./model/model.joblib",
  localExecution: true,
});

// 8 by 8 pixels, from 0 (white) to 16 (black).
const picture = [
  [0, 0, 5, 13, 9, 1, 0, 0],
  [0, 0, 13, 15, 10, 15, 5, 0],
  [0, 3, 15, 2, 0, 11, 8, 0],
  [0, 4, 12, 0, 0, 8, 8, 0],
  [0, 5, 8, 0, 0, 9, 8, 0],
  [0, 4, 11, 0, 1, 12, 7, 0],
  [0, 2, 14, 5, 10, 12, 0, 0],
  [0, 0, 6, 13, 10, 0, 0, 0],
];

const answer = digits.invoke({
  json: { inputs: [{ name: "pictures", shape: [1, 64], datatype: "FP32", data: picture.flat() }] },
});

export const url = digits.url;
export const digit = answer.apply(({ outputs }) => outputs[0]?.data[0]);
