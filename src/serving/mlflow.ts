import type { Flavour } from "./flavour";
import { PICKLE } from "./sklearn";

/** A model in MLflow's format (MLServer: `runtimes/mlflow`). */
export const mlflow: Flavour = {
  implementation: "mlserver_mlflow.MLflowRuntime",
  runtimePackage: "mlserver-mlflow",
  imageSuffix: "mlflow",
  tested: { mlflow: "2.19.0", "scikit-learn": "1.5.2", numpy: "1.26.4", pandas: "2.2.3" },
  expectedPath: "a folder that holds an MLmodel file",
  mistakenPath: (path) => {
    if (PICKLE.test(path))
      return 'For a single pickle use kind "sklearnserve", or give the folder that holds the MLmodel file.';
    return /(^|\/)MLmodel$/.test(path)
      ? `Give the folder, not the MLmodel file itself: "${path.replace(/\/?MLmodel$/, "") || "."}".`
      : undefined;
  },
};
