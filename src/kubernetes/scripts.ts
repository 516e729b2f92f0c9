import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelSource } from "./modelSource";

/** Where init containers find their programs. */
export const SCRIPTS = "/mnt/scripts";

const SOURCES: Record<string, string> = {
  "fetch_model.sh": "fetch_model.sh",
  "prepare_model.py": "prepare_model.py",
  "read_pickle.py": join("..", "source", "read_pickle.py"),
};

/** The names of the programs that the init containers of a source need. */
export function scriptFiles(source: ModelSource): string[] {
  return Object.keys(SOURCES).filter((name) => name !== "fetch_model.sh" || source.from === "store");
}

/** The programs of the init containers, which travel in the ConfigMap of the settings. */
export function scripts(source: ModelSource): Record<string, string> {
  const read = (name: string) => readFileSync(join(__dirname, SOURCES[name] ?? name), "utf8");
  return Object.fromEntries(scriptFiles(source).map((name) => [name, read(name)]));
}
