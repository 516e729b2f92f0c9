import { asTested, type Flavour, pickleOrMlflow, SMALL } from "./flavour";

const TESTED = { catboost: "1.2.7", numpy: "1.26.4" };

/** A CatBoost classifier, saved by `save_model` (MLServer: `runtimes/catboost`, which loads no other). */
export const catboost: Flavour = {
  implementation: "mlserver_catboost.CatboostModel",
  runtimePackage: "mlserver-catboost",
  imageSuffix: "catboost",
  tested: TESTED,
  resources: SMALL,
  layout: { is: "file", endings: [".cbm", ".bin"], pickled: false, start: "CBM1" },
  light: true,
  mistakenPath: pickleOrMlflow,
  facts: async () => asTested(TESTED),
};
