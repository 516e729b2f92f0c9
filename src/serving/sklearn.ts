import type { Flavour } from "./flavour";

/** The files that MLServer's scikit-learn runtime looks for in a folder, in its order. */
export const WELL_KNOWN_FILES = ["model.joblib", "model.pickle", "model.pkl"];

export const PICKLE = /\.(pkl|pickle|joblib)$/;

/** A scikit-learn estimator in one file (MLServer: `runtimes/sklearn`). */
export const sklearn: Flavour = {
  implementation: "mlserver_sklearn.SKLearnModel",
  runtimePackage: "mlserver-sklearn",
  imageSuffix: "sklearn",
  tested: { "scikit-learn": "1.5.2", numpy: "1.26.4", joblib: "1.4.2" },
  expectedPath: "a .pkl, .pickle or .joblib file, or a folder that holds one",
  mistakenPath: (path) =>
    /(^|\/)MLmodel\/?$/.test(path)
      ? 'This is an MLflow model: use kind "mlflowserve" and the folder that holds the MLmodel file.'
      : undefined,
};
