import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir, platform } from "node:os";
import { basename, dirname, join } from "node:path";

/**
 * The per-user folder in which everything slow to make is kept: Python environments, `uv`, the records of running
 * servers. `MODELSERVE_CACHE` names another one; else the platform's convention is followed (`$XDG_CACHE_HOME` or
 * `~/.cache` on Linux, `~/Library/Caches` on macOS).
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MODELSERVE_CACHE) return environment.MODELSERVE_CACHE;
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, "modelserve");
  const caches = platform() === "darwin" ? ["Library", "Caches"] : [".cache"];
  return join(homedir(), ...caches, "modelserve");
}

/**
 * A folder of the cache, made once. `make` fills a folder with a temporary name, which is then renamed: an interrupted
 * run leaves no half-made entry, and of two runs at once the first one done wins.
 *
 * @throws Error that names the folder when the cache cannot be written.
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (await exists(folder)) return folder;
  const unfinished = `${folder}.${randomUUID()}`;
  await makeFolder(unfinished);
  await removeAbandoned(folder);
  try {
    await make(unfinished);
    await rename(unfinished, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Removes what runs that were killed left of the same entry; a younger one may still be at work. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`)) continue;
    const path = join(dirname(folder), name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > DAY) await rm(path, { recursive: true, force: true });
  }
}

const DAY = 24 * 60 * 60 * 1000; // milliseconds

/** Makes a folder of the cache, or says what to do when it cannot be made. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new Error(
      `The cache folder cannot be written: ${(error as Error).message}. ` +
        `Make ${cacheFolder()} a folder that you may write, or name another one in MODELSERVE_CACHE.`,
    );
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
