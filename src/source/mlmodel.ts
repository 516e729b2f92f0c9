import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { ArtifactFacts } from "../serving/plan";

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
 *
 * @throws Error, to be shown at the argument `path`, when MLmodel cannot be understood.
 */
export async function mlmodelFacts(folder: string): Promise<ArtifactFacts> {
  const model = await readYaml<MLmodel>(join(folder, "MLmodel"));
  const pyfunc = model?.flavors?.python_function;
  if (!pyfunc) {
    throw new Error(
      "The MLmodel file names no python_function flavour, which MLServer needs. Save the model with one of MLflow's Python flavours.",
    );
  }
  const python = /^3\.\d+/.exec(
    (await readYaml<{ python?: string }>(join(folder, "python_env.yaml")))?.python ?? pyfunc.python_version ?? "",
  );
  return {
    requirements: (await requirementsFile(folder)) ??
      (await condaRequirements(folder)) ?? [`mlflow${model.mlflow_version ? `==${model.mlflow_version}` : ""}`],
    pythons: python ? [python[0]] : undefined,
    modules: [],
    light: LIGHT_LOADERS.includes(pyfunc.loader_module ?? ""),
  };
}

async function requirementsFile(folder: string): Promise<string[] | undefined> {
  const text = await readFile(join(folder, "requirements.txt"), "utf8").catch(() => undefined);
  return text
    ?.split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

async function condaRequirements(folder: string): Promise<string[] | undefined> {
  const conda = await readYaml<{ dependencies?: (string | { pip?: string[] })[] }>(join(folder, "conda.yaml"));
  return conda?.dependencies?.flatMap((dependency) => (typeof dependency === "string" ? [] : (dependency.pip ?? [])));
}

async function readYaml<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parse(text) as T;
  } catch (error) {
    throw new Error(`${file.split("/").at(-1)} is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}
