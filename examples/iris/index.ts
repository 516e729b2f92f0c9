import { ModelServe } from "modelserve";

// A scikit-learn classifier of iris flowers, served by a process on this machine.
const iris = new ModelServe("iris", {
  kind: "sklearnserve",
  path: "./model/model.pkl",
  localExecution: true,
});

export const url = iris.url;
export const inferUrl = iris.inferUrl;
