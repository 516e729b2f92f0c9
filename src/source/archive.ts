import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { filesOf, folderDigest, nameIn } from "./fingerprint";

/** A model on this machine, small enough to travel in an object of the cluster. */
export interface Archive {
  /** A ZIP archive, the same bytes for the same content on every machine. */
  zip: Uint8Array;
  /** SHA-256 of the model's content, in hexadecimal: what `fingerprint` gives. */
  digest: string;
}

/** Largest archive in bytes: Kubernetes takes objects of up to 1 MiB, in which base64 makes three bytes four. */
export const LARGEST_ARCHIVE = 700 * 1024;

/** What is larger than this is not even compressed to find out. */
const LARGEST_CONTENT = 64 * 2 ** 20;

/** ZIP archives keep times; the first that the format knows stands for all. */
const TIME = new Date(1980, 0, 1);

/**
 * Packs a file or a folder.
 *
 * @throws Error, to be shown at the argument `path`, when there is none or it is too large.
 */
export function archive(path: string): Archive {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    throw new Error(
      `"${path}" does not exist. Relative paths start at the program's folder; train the model first, or correct the path.`,
    );
  }
  const files = found.isDirectory() ? filesOf(path) : [path];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > LARGEST_CONTENT) throw tooLarge(path, `${(bytes / 2 ** 20).toFixed(1)} MiB`);
  const contents = files.map((file): [string, Buffer] => [
    file === path ? basename(path) : nameIn(path, file),
    readFileSync(file),
  ]);
  const zip = pack(contents);
  if (zip.length > LARGEST_ARCHIVE) throw tooLarge(path, `${Math.ceil(zip.length / 1024)} KiB compressed`);
  const digests = contents.map(([name, content]): [string, string] => [name, sha256(content)]);
  return { zip, digest: found.isDirectory() ? folderDigest(digests) : (digests[0]?.[1] ?? "") };
}

function pack(contents: [name: string, content: Buffer][]): Uint8Array {
  const entries: Zippable = {};
  for (const [name, content] of contents) entries[name] = [content, { mtime: TIME, level: 9 }];
  return zipSync(entries);
}

function tooLarge(path: string, size: string): Error {
  return new Error(
    `"${path}" has ${size}, but a model on this machine travels to a cluster in a ConfigMap, which takes ${LARGEST_ARCHIVE / 1024} KiB compressed. Put it into an object store (s3://bucket/…) or on a volume (pvc://claim/…).`,
  );
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
