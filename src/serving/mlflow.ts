import { parse } from "yaml";
import { type ArtifactFacts, type Flavour, type ModelFiles, PICKLE_ENDINGS, requirementsFile } from "./flavour";

/** A model in MLflow's format (MLServer: `runtimes/mlflow`). */
export const mlflow: Flavour = {
  implementation: "mlserver_mlflow.MLflowRuntime",
  runtimePackage: "mlserver-mlflow",
  imageSuffix: "mlflow",
  tested: { mlflow: "2.19.0", "scikit-learn": "1.5.2", numpy: "1.26.4", pandas: "2.2.3" },
  resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
  layout: { is: "folder", holds: "MLmodel" },
  light: true,
  mistakenPath: (path) => {
    if (PICKLE_ENDINGS.some((ending) => path.endsWith(ending)))
      return 'For a single pickle use kind "sklearnserve", or give the folder that holds the MLmodel file.';
    return /(^|\/)MLmodel$/.test(path)
      ? `Give the folder, not the MLmodel file itself: "${path.replace(/\/?MLmodel$/, "") || "."}".`
      : undefined;
  },
  facts: mlmodelFacts,
};

/** The parts of an MLmodel file that decide how it is served (MLflow: "MLflow Model Format"). */
interface MLmodel {
  mlflow_version?: string;
  flavors?: Record<string, { loader_module?: string; python_version?: string }>;
}

/** Loaders of libraries that load and predict in milliseconds, so that no worker process is needed. */
const LIGHT_LOADERS = ["mlflow.sklearn", "mlflow.xgboost", "mlflow.lightgbm", "mlflow.catboost", "mlflow.statsmodels"];

/**
 * What the files of an MLflow model tell: its `requirements.txt` (else the pip part of `conda.yaml`, else the MLflow
 * that saved it), and the Python minor that it was saved with, since pickled code of another minor may not load.
 */
async function mlmodelFacts(files: ModelFiles): Promise<ArtifactFacts> {
  const model = await readYaml<MLmodel>(files, "MLmodel");
  const pyfunc = model?.flavors?.python_function;
  if (!pyfunc) {
    throw new Error(
      "The MLmodel file names no python_function flavour, which MLServer needs. Save the model with one of MLflow's Python flavours.",
    );
  }
  const python = /^3\.\d+/.exec(
    (await readYaml<{ python?: string }>(files, "python_env.yaml"))?.python ?? pyfunc.python_version ?? "",
  );
  return {
    requirements: (await requirementsFile(files)) ??
      (await condaRequirements(files)) ?? [`mlflow${model.mlflow_version ? `==${model.mlflow_version}` : ""}`],
    pythons: python ? [python[0]] : undefined,
    modules: [],
    light: LIGHT_LOADERS.includes(pyfunc.loader_module ?? ""),
  };
}

async function condaRequirements(files: ModelFiles): Promise<string[] | undefined> {
  const conda = await readYaml<{ dependencies?: (string | { pip?: string[] })[] }>(files, "conda.yaml");
  return conda?.dependencies?.flatMap((dependency) => (typeof dependency === "string" ? [] : (dependency.pip ?? [])));
}

async function readYaml<T>(files: ModelFiles, name: string): Promise<T | undefined> {
  const text = await files.text(name);
  if (text === undefined) return undefined;
  try {
    return parse(text) as T;
  } catch (error) {
    throw new Error(`${name} is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}
