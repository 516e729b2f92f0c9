/** The kinds of function: those of the DigitalHub Modelserve runtime, and more of the same server in the same manner. */
export const Kind = {
  /** A scikit-learn estimator saved by `pickle` or `joblib`. */
  SklearnServe: "sklearnserve",
  /** A model in MLflow's format: a folder with an `MLmodel` file. */
  MlflowServe: "mlflowserve",
  /** An XGBoost model saved by `save_model`. */
  XgboostServe: "xgboostserve",
  /** A LightGBM model saved by `save_model`. */
  LightgbmServe: "lightgbmserve",
  /** A CatBoost classifier saved by `save_model`. */
  CatboostServe: "catboostserve",
  /** A model of Hugging Face's transformers: a folder as `save_pretrained` writes it, or one of the Hub (`hf://org/repo`). */
  HuggingfaceServe: "huggingfaceserve",
  /** A folder for a class of your own, or another runtime of MLServer: `implementation`. */
  CustomServe: "customserve",
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];
