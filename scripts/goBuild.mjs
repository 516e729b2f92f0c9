// Builds programs from the Go modules that a folder of this checkout pins, into the user's cache.
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runVisibly } from "./progress.mjs";
import { cache } from "./root.mjs";

/**
 * @param source folder with go.mod, go.sum and what else is built from; the result is kept by their content.
 * @param targets lists of arguments of `go build`, each with one package at its end.
 * @param prepare adds to a copy of the folder what the build needs besides.
 * @param finish adds to the folder of the programs.
 * @returns the folder that has the programs.
 */
export async function goBuild({ name, what, source, targets, prepare, finish }) {
  const { cached } = await cache();
  return cached(keptAs(name, source), async (folder) => {
    const work = mkdtempSync(join(tmpdir(), "modelserve-build-"));
    const env = { ...process.env, CGO_ENABLED: "0" };
    try {
      for (const file of filesOf(source)) cpSync(file, join(work, file.slice(source.length + 1)));
      prepare?.(work);
      for (const [index, target] of targets.entries()) {
        const progress = targets.length > 1 ? `${what}, ${index + 1} of ${targets.length}` : what;
        const args = ["build", "-v", "-mod=readonly", "-trimpath", "-o", `${folder}/`, ...target];
        await runVisibly(`Building ${progress}`, "go", args, { cwd: work, env });
      }
      finish?.(folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

/** Whether that is built already. */
export async function isBuilt(name, source) {
  const { cacheFolder, exists } = await cache();
  return exists(join(cacheFolder(), keptAs(name, source)));
}

function keptAs(name, source) {
  return `${name}-${hash(filesOf(source))}`;
}

export function hash(files, ...more) {
  const sum = createHash("sha256");
  for (const file of [...files].sort()) sum.update(readFileSync(file));
  for (const text of more) sum.update(text);
  return sum.digest("hex").slice(0, 12);
}

function filesOf(folder) {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
