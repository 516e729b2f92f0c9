import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../src/local/cache";

/** A cache with servers of its own, which shares what is slow to make with the user's. */
export function ownCache(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["environments", "pickles"]) {
    mkdirSync(join(cacheFolder(), name), { recursive: true });
    symlinkSync(join(cacheFolder(), name), join(folder, name));
  }
  return folder;
}

/** The files of the records of servers in a cache. */
export function recordFiles(cache: string): string[] {
  const folder = join(cache, "servers");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name));
}
