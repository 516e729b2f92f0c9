import { ModelServe } from "modelserve";

// The new server must answer a sample request right before the old one ends. Replace the model by another one, or change
// what is expected, and `pulumi up` fails with the difference while the model that was there goes on serving.
const iris = new ModelServe("iris", {
  kind: "sklearnserve",
  path: "./model/model.pkl",
  localExecution: true,
  smokeTest: {
    request: {
      inputs: [
        {
          name: "input-0",
          shape: [2, 4],
          datatype: "FP64",
          data: [
            [5.1, 3.5, 1.4, 0.2],
            [6.3, 3.3, 6.0, 2.5],
          ],
        },
      ],
    },
    expected: [{ name: "predict", data: [0, 2] }],
  },
});

export const url = iris.url;
