import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactFacts, ModelFiles, PickleReport } from "../serving/flavour";
import type { Kind } from "../serving/kind";
import { flavours } from "../serving/plan";
import { fingerprint } from "./fingerprint";
import { modelFile } from "./modelFile";

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
  const file = modelFile(kind, path);
  const digest = await fingerprint(file);
  const files: ModelFiles = {
    pickle: () => readPickle(file, digest),
    text: (name) => readFile(join(file, name), "utf8").catch(() => undefined),
    end: (bytes) => lastBytes(file, bytes),
  };
  try {
    return { file, digest, ...(await flavours[kind].facts(files)) };
  } catch (error) {
    throw new Error(`"${path}" cannot be served: ${(error as Error).message}`);
  }
}

async function lastBytes(file: string, bytes: number): Promise<Buffer> {
  const opened = await open(file);
  try {
    const { size } = await opened.stat();
    const length = Math.min(size, bytes);
    return (await opened.read(Buffer.alloc(length), 0, length, size - length)).buffer;
  } finally {
    await opened.close();
  }
}
