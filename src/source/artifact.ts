import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Kind } from "../serving/kind";
import type { ArtifactFacts } from "../serving/plan";
import { PICKLE, WELL_KNOWN_FILES } from "../serving/sklearn";
import { fingerprint } from "./fingerprint";
import { mlmodelFacts } from "./mlmodel";
import { parseModelPath } from "./modelPath";
import { type PickleReport, pickleFacts } from "./pickle";
import { refusePointer } from "./pointer";

/** A model on this machine, looked at without running any of its code. */
export interface Artifact extends ArtifactFacts {
  /** Absolute path of the file or folder that the server loads. */
  file: string;
  /** SHA-256 of its content, in hexadecimal. */
  digest: string;
}

/** Runs `read_pickle.py` on a file; `digest` is the file's, by which the answer may be remembered. */
export type PickleReader = (file: string, digest: string) => Promise<PickleReport>;

/**
 * Finds and reads a model on this machine.
 *
 * @param path as the user wrote it; relative paths start at the program's folder.
 * @throws Error, to be shown at the argument `path`, when it is not a model of that kind.
 */
export async function readArtifact(kind: Kind, path: string, readPickle: PickleReader): Promise<Artifact> {
  const parsed = parseModelPath(path);
  if (parsed.scheme !== "file") throw new Error(`"${path}" is not on this machine.`);
  const place = resolve(parsed.path);
  const found = await stat(place).catch(() => undefined);
  if (!found)
    throw new Error(
      `"${path}" does not exist. Relative paths start at the program's folder; train the model first, or correct the path.`,
    );
  const isFolder = found.isDirectory();
  return kind === "mlflowserve"
    ? mlflowArtifact(path, place, isFolder)
    : sklearnArtifact(path, place, isFolder, readPickle);
}

async function sklearnArtifact(
  path: string,
  place: string,
  isFolder: boolean,
  readPickle: PickleReader,
): Promise<Artifact> {
  const file = isFolder ? join(place, await onlyPickle(path, place)) : place;
  await refusePointer(file, path);
  const digest = await fingerprint(file);
  try {
    return { file, digest, ...pickleFacts(await readPickle(file, digest)) };
  } catch (error) {
    throw new Error(`"${path}" cannot be served: ${(error as Error).message}`);
  }
}

async function onlyPickle(path: string, folder: string): Promise<string> {
  const names = await readdir(folder);
  if (names.includes("MLmodel"))
    throw new Error(`"${path}" is an MLflow model (it holds an MLmodel file): use kind "mlflowserve".`);
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

async function mlflowArtifact(path: string, folder: string, isFolder: boolean): Promise<Artifact> {
  if (!isFolder) throw new Error(`"${path}" is a file. Give the folder that holds the MLmodel file.`);
  const names = await readdir(folder);
  if (!names.includes("MLmodel")) {
    const hint = names.some((name) => PICKLE.test(name)) ? ' It holds a pickle: for that use kind "sklearnserve".' : "";
    throw new Error(`The folder "${path}" holds no MLmodel file, so MLflow did not save it.${hint}`);
  }
  await refusePointer(join(folder, "MLmodel"), path);
  return { file: folder, digest: await fingerprint(folder), ...(await mlmodelFacts(folder)) };
}
