import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../serving/kind";
import type { ModelSource } from "./modelSource";

/** Where the containers find their programs. */
export const SCRIPTS = "/mnt/scripts";

const SOURCES: Record<string, string> = {
  "fetch_model.sh": "fetch_model.sh",
  "mlflow_requirements.py": "mlflow_requirements.py",
  "prepare_model.py": "prepare_model.py",
  "serve.py": "serve.py",
  "read_pickle.py": join("..", "source", "read_pickle.py"),
};

/** The names of the programs that a pod's containers need for a kind of model and its source. */
export function scriptFiles(kind: Kind, source: ModelSource): string[] {
  const fetch = source.from === "store" ? ["fetch_model.sh"] : [];
  const read = kind === "mlflowserve" ? "mlflow_requirements.py" : "read_pickle.py";
  return [...fetch, "prepare_model.py", read, "serve.py"];
}

/** The programs of the containers, which travel in the ConfigMap of the settings. */
export function scripts(kind: Kind, source: ModelSource): Record<string, string> {
  const read = (name: string) => readFileSync(join(__dirname, SOURCES[name] ?? name), "utf8");
  return Object.fromEntries(scriptFiles(kind, source).map((name) => [name, read(name)]));
}
