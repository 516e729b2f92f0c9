import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";
import type { ModelSource } from "./modelSource";

/** Where the containers find their programs. */
export const SCRIPTS = "/mnt/scripts";

/** Programs that are not beside this file, since they run on the user's machine, too. */
const ELSEWHERE: Record<string, string> = { "read_pickle.py": join("..", "source", "read_pickle.py") };

/** What fetches the model, in a container for it: the first file is run, and has use of the others. */
const FETCH: Partial<Record<ModelSource["from"], { interpreter: string; files: string[] }>> = {
  store: { interpreter: "sh", files: ["fetch_model.sh"] },
  hub: { interpreter: "python", files: ["fetch_hub.py", "hub_files.py", "hub_errors.py", "hub_output.py"] },
};

/** The command that fetches the model from its source; nothing where none is fetched. */
export function fetchProgram({ from }: ModelSource): string[] {
  const { interpreter, files = [] } = FETCH[from] ?? {};
  return interpreter === undefined ? [] : [interpreter, `${SCRIPTS}/${files[0]}`];
}

/** The names of the programs that a pod's containers need for a kind of model and its source. */
export function scriptFiles(kind: Kind, { from }: ModelSource): string[] {
  const { layout } = flavours[kind];
  const pickled = layout.is === "file" && layout.pickled ? ["read_pickle.py"] : [];
  const read = layout.is === "folder" && !layout.weights ? ["requirements.py"] : pickled;
  return [...(FETCH[from]?.files ?? []), "prepare_model.py", ...read, "serve.py"];
}

/** The programs of the containers, which travel in the ConfigMap of the settings. */
export function scripts(kind: Kind, source: ModelSource): Record<string, string> {
  const read = (name: string) => readFileSync(join(__dirname, ELSEWHERE[name] ?? name), "utf8");
  return Object.fromEntries(scriptFiles(kind, source).map((name) => [name, read(name)]));
}
