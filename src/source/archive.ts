import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { type Zippable, zipSync } from "fflate";
import type { Kind } from "../serving/kind";
import { filesOf, folderDigest, nameIn } from "./fingerprint";
import { modelFile } from "./modelFile";

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
 * Packs what the server loads: a file or a folder. The last result is remembered, as a model is first checked and then packed.
 *
 * @throws Error, to be shown at the argument `path`, when there is no such model or it is too large.
 */
export function archive(kind: Kind, path: string): Archive {
  const place = modelFile(kind, path);
  const isFile = statSync(place).isFile();
  const files = isFile ? [place] : filesOf(place);
  const stats = files.map((file) => statSync(file));
  const bytes = stats.reduce((sum, { size }) => sum + size, 0);
  if (bytes > LARGEST_CONTENT) throw tooLarge(path, `${(bytes / 2 ** 20).toFixed(1)} MiB`);
  const state = JSON.stringify([files, stats.map(({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino])]);
  if (last?.state !== state) {
    const contents = files.map((file): [string, Buffer] => [
      isFile ? `model${extname(file)}` : nameIn(place, file), // a moved model is the same model
      readFileSync(file),
    ]);
    const digests = contents.map(([name, content]): [string, string] => [name, sha256(content)]);
    const digest = isFile ? (digests[0]?.[1] ?? "") : folderDigest(digests);
    last = { state, archive: { zip: pack(contents), digest } };
  }
  const { zip } = last.archive;
  if (zip.length > LARGEST_ARCHIVE) throw tooLarge(path, `${Math.ceil(zip.length / 1024)} KiB compressed`);
  return last.archive;
}

let last: { state: string; archive: Archive } | undefined;

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
