import { asTested, type Flavour, pickleOrMlflow, SMALL } from "./flavour";

const TESTED = { lightgbm: "4.6.0", "scikit-learn": "1.5.2", numpy: "1.26.4" };

/** A LightGBM model, saved by `save_model` (MLServer: `runtimes/lightgbm`). LightGBM reads what earlier releases saved. */
export const lightgbm: Flavour = {
  implementation: "mlserver_lightgbm.LightGBMModel",
  runtimePackage: "mlserver-lightgbm",
  imageSuffix: "lightgbm",
  tested: TESTED,
  resources: SMALL,
  layout: { is: "file", endings: [".bst", ".txt", ".lgb"], pickled: false, start: "tree\n" },
  light: true,
  mistakenPath: pickleOrMlflow,
  facts: async () => asTested(TESTED),
};
