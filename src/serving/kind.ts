/** The kinds of function, named as in the DigitalHub Modelserve runtime. */
export const Kind = {
  /** A scikit-learn estimator saved by `pickle` or `joblib`. */
  SklearnServe: "sklearnserve",
  /** A model in MLflow's format: a folder with an `MLmodel` file. */
  MlflowServe: "mlflowserve",
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];
