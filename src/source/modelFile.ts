import { readdirSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Layout, listed, wellKnownFiles } from "../serving/flavour";
import type { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";
import { parseModelPath } from "./modelPath";
import { refusePointer } from "./pointer";

/**
 * Finds what a server loads at a path on this machine: the model's file, or for kinds whose models are folders the folder.
 *
 * @param path as the user wrote it; relative paths start at the program's folder.
 * @returns the absolute path of the file or folder.
 * @throws Error, to be shown at the argument `path`, when no such model is there.
 */
export function modelFile(kind: Kind, path: string): string {
  const parsed = parseModelPath(path);
  if (parsed.scheme !== "file") throw new Error(`"${path}" is not on this machine.`);
  const place = resolve(parsed.path);
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) {
    throw new Error(
      `"${path}" does not exist. Relative paths start at the program's folder; train the model first, or correct the path.`,
    );
  }
  const { layout } = flavours[kind];
  return layout.is === "folder" ? folder(layout, path, place, found) : file(layout, path, place, found);
}

function file({ endings }: Layout & { is: "file" }, path: string, place: string, found: Stats): string {
  const file = found.isDirectory() ? join(place, onlyModel(endings, path, readdirSync(place))) : place;
  refusePointer(file, path);
  return file;
}

function onlyModel(endings: string[], path: string, names: string[]): string {
  if (names.includes("MLmodel"))
    throw new Error(`"${path}" is an MLflow model (it holds an MLmodel file): use kind "mlflowserve".`);
  refuseEnvironment(path, names);
  const wellKnown = wellKnownFiles(endings).find((name) => names.includes(name));
  if (wellKnown) return wellKnown;
  const [only, ...more] = names.filter((name) => endings.some((ending) => name.endsWith(ending))).sort();
  if (only === undefined)
    throw new Error(`The folder "${path}" holds no ${listed(endings)} file. Give the model's file.${otherKind(names)}`);
  if (more.length > 0)
    throw new Error(
      `The folder "${path}" holds several models (${[only, ...more].join(", ")}). Give the file to serve.`,
    );
  return only;
}

function folder({ holds, weights }: Layout & { is: "folder" }, path: string, folder: string, found: Stats): string {
  if (!found.isDirectory())
    throw new Error(
      `"${path}" is a file. Give the folder that holds ${holds === undefined ? "it" : `the ${holds} file`}.`,
    );
  const names = readdirSync(folder);
  if (holds !== undefined && !names.includes(holds))
    throw new Error(`The folder "${path}" holds no ${holds} file.${otherKind(names)}`);
  refuseEnvironment(path, names);
  const parts = names.filter((name) => weights?.some((ending) => name.endsWith(ending)));
  if (weights && parts.length === 0)
    throw new Error(
      `The folder "${path}" holds no weights: no ${listed(weights)} file. Save the model by \`save_pretrained\`.`,
    );
  for (const name of [...(holds === undefined ? [] : [holds]), ...parts]) refusePointer(join(folder, name), path);
  return folder;
}

/** Says whose model a folder holds by the well-known names of the files in it. */
function otherKind(names: string[]): string {
  for (const [kind, { layout }] of Object.entries(flavours)) {
    const known = layout.is === "folder" ? [layout.holds] : wellKnownFiles(layout.endings);
    const found = known.find((name) => name !== undefined && names.includes(name));
    if (found) return ` It holds ${found}: for that use kind "${kind}".`;
  }
  return "";
}

/** MLServer's image would unpack and activate it in its own start script, which is not used: it is code out of the model. */
function refuseEnvironment(path: string, names: string[]): void {
  if (!names.includes("environment.tar.gz")) return;
  throw new Error(
    `The folder "${path}" holds environment.tar.gz, a packed Python environment, which is not used. Take it out, and let the model's own files name what it needs.`,
  );
}
