import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * SHA-256 of a model's content, in hexadecimal: of the bytes of a file; of a folder, of its files' relative names and
 * digests in the order of the names, so that it is the same on every machine and a rename or a new file changes it.
 */
export async function fingerprint(path: string): Promise<string> {
  if ((await stat(path)).isFile()) return fileDigest(path);
  const digests: [string, string][] = [];
  for (const file of filesOf(path)) digests.push([nameIn(path, file), await fileDigest(file)]);
  return folderDigest(digests);
}

async function fileDigest(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** @param digests the files' names and digests, in the order of `filesOf`. */
export function folderDigest(digests: [name: string, digest: string][]): string {
  const folder = createHash("sha256");
  for (const [name, digest] of digests) folder.update(`${digest}  ${name}\n`);
  return folder.digest("hex");
}

/** The files that belong to a model's folder, in the order of their names. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !IGNORED.has(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/** A file's name in a folder, the same on every system. */
export function nameIn(folder: string, file: string): string {
  return relative(folder, file).split(sep).join("/");
}

/** What file managers leave in a folder without changing the model. */
const IGNORED = new Set([".DS_Store", "Thumbs.db"]);
