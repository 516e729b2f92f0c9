import { readdirSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Kind } from "../serving/kind";
import { PICKLE, WELL_KNOWN_FILES } from "../serving/sklearn";
import { parseModelPath } from "./modelPath";
import { refusePointer } from "./pointer";

/**
 * Finds what a server loads at a path on this machine: for `sklearnserve` the pickle, for `mlflowserve` the folder that
 * holds the MLmodel file.
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
  return kind === "mlflowserve" ? mlflowFolder(path, place, found) : pickleFile(path, place, found);
}

function pickleFile(path: string, place: string, found: Stats): string {
  const file = found.isDirectory() ? join(place, onlyPickle(path, readdirSync(place))) : place;
  refusePointer(file, path);
  return file;
}

function onlyPickle(path: string, names: string[]): string {
  if (names.includes("MLmodel"))
    throw new Error(`"${path}" is an MLflow model (it holds an MLmodel file): use kind "mlflowserve".`);
  refuseEnvironment(path, names);
  const wellKnown = WELL_KNOWN_FILES.find((name) => names.includes(name));
  if (wellKnown) return wellKnown;
  const [only, ...more] = names.filter((name) => PICKLE.test(name)).sort();
  if (only === undefined)
    throw new Error(`The folder "${path}" holds no .pkl, .pickle or .joblib file. Give the model's file.`);
  if (more.length > 0)
    throw new Error(
      `The folder "${path}" holds several models (${[only, ...more].join(", ")}). Give the file to serve.`,
    );
  return only;
}

function mlflowFolder(path: string, folder: string, found: Stats): string {
  if (!found.isDirectory()) throw new Error(`"${path}" is a file. Give the folder that holds the MLmodel file.`);
  const names = readdirSync(folder);
  if (!names.includes("MLmodel")) {
    const hint = names.some((name) => PICKLE.test(name)) ? ' It holds a pickle: for that use kind "sklearnserve".' : "";
    throw new Error(`The folder "${path}" holds no MLmodel file, so MLflow did not save it.${hint}`);
  }
  refuseEnvironment(path, names);
  refusePointer(join(folder, "MLmodel"), path);
  return folder;
}

/** MLServer's image would unpack and activate it in its own start script, which is not used: it is code out of the model. */
function refuseEnvironment(path: string, names: string[]): void {
  if (!names.includes("environment.tar.gz")) return;
  throw new Error(
    `The folder "${path}" holds environment.tar.gz, a packed Python environment, which is not used. Take it out, and let the model's own files name what it needs.`,
  );
}
