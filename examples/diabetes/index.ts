import { ModelServe } from "modelserve";

// The progression of diabetes in a year, predicted by a model saved by MLflow. It is served in the Python environment
// that its own requirements.txt asks for.
const diabetes = new ModelServe("diabetes", {
  kind: "mlflowserve",
  path: "./model",
  localExecution: true,
});

// The model's signature names its columns: each is an input, in standardised units.
const patient = {
  age: 0.038,
  sex: 0.051,
  bmi: 0.062,
  bp: 0.022,
  s1: -0.044,
  s2: -0.035,
  s3: -0.043,
  s4: -0.003,
  s5: 0.02,
  s6: -0.018,
};

const answer = diabetes.invoke({
  json: {
    inputs: Object.entries(patient).map(([name, value]) => ({ name, shape: [1], datatype: "FP64", data: [value] })),
  },
});

export const url = diabetes.url;
export const progression = answer.apply(({ outputs }) => outputs[0]?.data[0]);
