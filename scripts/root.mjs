// Where everything is. Plain Node: it runs before anything is installed.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The library's own cache of what is slow to make; it is there once the library is built. */
export function cache() {
  return import(join(root, "dist/local/cache.js"));
}
