import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";
import type { ModelSource } from "./modelSource";

/** Where the containers find their programs. */
export const SCRIPTS = "/mnt/scripts";

const SOURCES: Record<string, string> = {
  "fetch_model.sh": "fetch_model.sh",
  "prepare_model.py": "prepare_model.py",
  "requirements.py": "requirements.py",
  "serve.py": "serve.py",
  "read_pickle.py": join("..", "source", "read_pickle.py"),
};

/** The names of the programs that a pod's containers need for a kind of model and its source. */
export function scriptFiles(kind: Kind, source: ModelSource): string[] {
  const fetch = source.from === "store" ? ["fetch_model.sh"] : [];
  const { layout } = flavours[kind];
  const pickled = layout.is === "file" && layout.pickled ? ["read_pickle.py"] : [];
  const read = layout.is === "folder" ? ["requirements.py"] : pickled;
  return [...fetch, "prepare_model.py", ...read, "serve.py"];
}

/** The programs of the containers, which travel in the ConfigMap of the settings. */
export function scripts(kind: Kind, source: ModelSource): Record<string, string> {
  const read = (name: string) => readFileSync(join(__dirname, SOURCES[name] ?? name), "utf8");
  return Object.fromEntries(scriptFiles(kind, source).map((name) => [name, read(name)]));
}
