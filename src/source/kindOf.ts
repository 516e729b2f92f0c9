import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { wellKnownFiles } from "../serving/flavour";
import { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";
import { beginsWith } from "./fileStart";

/**
 * The kind of a model on this machine, by the names and first bytes of its files.
 *
 * @throws Error when there is no model, or none of a kind that its files tell.
 */
export function kindOf(path: string): Kind {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`"${path}" does not exist. Give the model's file or folder.`);
  const kind = found.isDirectory() ? kindOfFolder(path) : kindOfFile(path);
  if (kind) return kind;
  throw new Error(`What kind of model "${path}" is, its files do not tell. Say it by --kind: ${KINDS.join(", ")}.`);
}

const KINDS = Object.values(Kind);

function kindOfFolder(folder: string): Kind | undefined {
  const names = readdirSync(folder);
  const marked = KINDS.find((kind) => {
    const { layout } = flavours[kind];
    return layout.is === "folder" && layout.holds !== undefined && names.includes(layout.holds);
  });
  if (marked) return marked;
  const known = KINDS.flatMap((kind) => {
    const { layout } = flavours[kind];
    return layout.is === "file" ? wellKnownFiles(layout.endings).filter((name) => names.includes(name)) : [];
  });
  const [first] = known.length > 0 ? known : names.filter((name) => kindOfFile(join(folder, name)) !== undefined);
  return first === undefined ? undefined : kindOfFile(join(folder, first));
}

/** By its ending, and where several kinds have that by its first bytes. */
function kindOfFile(file: string): Kind | undefined {
  if (!statSync(file).isFile()) return undefined;
  const possible = KINDS.filter((kind) => {
    const { layout } = flavours[kind];
    return layout.is === "file" && layout.endings.some((ending) => file.endsWith(ending));
  });
  const marked = possible.find((kind) => {
    const start = startOf(kind);
    return start !== undefined && beginsWith(file, start);
  });
  return marked ?? possible.find((kind) => startOf(kind) === undefined);
}

function startOf(kind: Kind): string | undefined {
  const { layout } = flavours[kind];
  return layout.is === "file" ? layout.start : undefined;
}
