import { asTested, type Flavour, pickleOrMlflow, SMALL } from "./flavour";

const TESTED = { xgboost: "2.1.2", "scikit-learn": "1.5.2", numpy: "1.26.4" };

/** An XGBoost model, saved by `save_model` (MLServer: `runtimes/xgboost`). */
export const xgboost: Flavour = {
  implementation: "mlserver_xgboost.XGBoostModel",
  runtimePackage: "mlserver-xgboost",
  imageSuffix: "xgboost",
  tested: TESTED,
  resources: SMALL,
  layout: { is: "file", endings: [".bst", ".json", ".ubj"], pickled: false },
  light: true,
  mistakenPath: pickleOrMlflow,
  facts: async (files) => {
    const version = versionIn(await files.end(128));
    return asTested({ ...TESTED, ...(version === undefined ? {} : { xgboost: version }) });
  },
};

/** The release that saved a model: the last member of the document, in JSON or in UBJSON (XGBoost: `doc/model.schema`). */
export function versionIn(end: Buffer): string | undefined {
  const text = end.toString("latin1");
  const json = /"version":\s*\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]\s*\}\s*$/.exec(text);
  if (json) return json.slice(1).join(".");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: lengths and numbers of the binary format
  const binary = /version\[#L\0{7}\x03i(.)i(.)i(.)\}$/s.exec(text);
  return binary
    ?.slice(1)
    .map((number) => number.charCodeAt(0))
    .join(".");
}
