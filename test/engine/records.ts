import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../src/local/cache";

/** The files of the records of servers on this machine; on a new machine there are none. */
export function recordFiles(): string[] {
  const folder = join(cacheFolder(), "servers");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name));
}
