import { asTested, type Flavour, pickleOrMlflow } from "./flavour";

const TESTED = { xgboost: "2.1.2", "scikit-learn": "1.5.2", numpy: "1.26.4" };

/** An XGBoost model, saved by `save_model` (MLServer: `runtimes/xgboost`). */
export const xgboost: Flavour = {
  implementation: "mlserver_xgboost.XGBoostModel",
  runtimePackage: "mlserver-xgboost",
  imageSuffix: "xgboost",
  tested: TESTED,
  resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
  layout: { is: "file", endings: [".bst", ".json", ".ubj"], pickled: false },
  light: true,
  mistakenPath: pickleOrMlflow,
  facts: async () => asTested(TESTED),
};
