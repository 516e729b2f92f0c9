import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * SHA-256 of a model's content, in hexadecimal: of the bytes of a file; of a folder, of its files' relative names and
 * digests in the order of the names, so that it is the same on every machine and a rename or a new file changes it.
 */
export async function fingerprint(path: string): Promise<string> {
  if ((await stat(path)).isFile()) return fileDigest(path);
  const folder = createHash("sha256");
  for (const file of await filesOf(path)) {
    folder.update(`${await fileDigest(file)}  ${relative(path, file).split(sep).join("/")}\n`);
  }
  return folder.digest("hex");
}

async function fileDigest(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!IGNORED.has(entry.name) && (await stat(path)).isFile()) files.push(path);
  }
  return files.sort();
}

/** What file managers leave in a folder without changing the model. */
const IGNORED = new Set([".DS_Store", "Thumbs.db"]);
