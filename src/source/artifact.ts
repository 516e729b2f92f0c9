import type { Kind } from "../serving/kind";
import type { ArtifactFacts } from "../serving/plan";
import { fingerprint } from "./fingerprint";
import { mlmodelFacts } from "./mlmodel";
import { modelFile } from "./modelFile";
import { type PickleReport, pickleFacts } from "./pickle";

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
  if (kind === "mlflowserve") return { file, digest, ...(await mlmodelFacts(file)) };
  try {
    return { file, digest, ...pickleFacts(await readPickle(file, digest)) };
  } catch (error) {
    throw new Error(`"${path}" cannot be served: ${(error as Error).message}`);
  }
}
