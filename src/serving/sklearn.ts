import { type ArtifactFacts, type Flavour, mlflowFile, PICKLE_ENDINGS, type PickleReport, SMALL } from "./flavour";

const TESTED = { "scikit-learn": "1.5.2", numpy: "1.26.4", joblib: "1.4.2" };

/** A scikit-learn estimator in one file (MLServer: `runtimes/sklearn`). */
export const sklearn: Flavour = {
  implementation: "mlserver_sklearn.SKLearnModel",
  runtimePackage: "mlserver-sklearn",
  imageSuffix: "sklearn",
  tested: TESTED,
  resources: SMALL,
  layout: { is: "file", endings: PICKLE_ENDINGS, pickled: true },
  light: true,
  mistakenPath: mlflowFile,
  facts: async (files) => pickleFacts(await files.pickle()),
};

/**
 * The environment that a pickle asks for: the scikit-learn that it names, else the one that MLServer was tested with.
 *
 * @throws Error for a pickle that no environment can load.
 */
export function pickleFacts(report: PickleReport): ArtifactFacts {
  if (report.modules.includes("__main__"))
    throw new Error(
      "it names a class or function of the script or notebook that saved it (`__main__`), which the server does not have. Move that into a package that can be installed, name the package in `requirements`, and save the model again.",
    );
  const version = report.sklearn ?? TESTED["scikit-learn"];
  const requirements = [`scikit-learn==${version}`];
  if (report.numpy2) requirements.push("numpy>=2");
  else if (olderThan(version, [1, 4, 2])) requirements.push("numpy<2"); // wheels before 1.4.2 are built for numpy 1
  return { requirements, modules: report.modules, light: true };
}

function olderThan(version: string, than: number[]): boolean {
  const parts = version.split(".").map(Number);
  const different = than.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return different >= 0 && (parts[different] ?? 0) < (than[different] ?? 0);
}
