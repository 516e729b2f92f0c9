import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cached } from "./cache";
import { type Finished, run } from "./command";

/** The version of uv that is fetched where none is installed. */
const UV_VERSION = "0.13.9";

const found = new Map<string | undefined, Promise<string>>();

/**
 * The `uv` that builds Python environments: the one that `MODELSERVE_UV` names, else the one on PATH, else one that
 * `pip` puts into the cache.
 *
 * @throws Error that lists what was tried.
 */
export function findUv(): Promise<string> {
  const named = process.env.MODELSERVE_UV || undefined;
  const known = found.get(named);
  if (known) return known;
  const searched = search(named);
  found.set(named, searched);
  searched.catch(() => found.delete(named));
  return searched;
}

async function search(named: string | undefined): Promise<string> {
  const command = named ?? "uv";
  const version = await run(command, ["--version"]);
  if (version.code === 0) return command;
  const tried = [`\`${command} --version\`: ${lastLine(version)}`];
  if (named) throw unusable(tried);
  try {
    const folder = await cached(`uv-${UV_VERSION}`, async (target) => {
      for (const python of ["python3", "python"]) {
        const installed = await run(python, [
          "-m",
          "pip",
          "install",
          "--quiet",
          "--target",
          target,
          `uv==${UV_VERSION}`,
        ]);
        if (installed.code === 0) return;
        tried.push(`\`${python} -m pip install uv\`: ${lastLine(installed)}`);
      }
      throw unusable(tried);
    });
    return join(folder, "bin", "uv");
  } catch (error) {
    throw tried.length > 1 ? unusable(tried) : error;
  }
}

function unusable(tried: string[]): Error {
  return new Error(
    `No usable uv, which builds the model's Python environment. Tried:\n${tried.map((line) => `  ${line}`).join("\n")}\n` +
      "Install it (`pip install uv`, `brew install uv`) or name it in MODELSERVE_UV.",
  );
}

/** Runs `uv` and returns how it ended. */
export async function uv(args: string[], cwd?: string): Promise<Finished> {
  return run(await findUv(), ["--no-progress", "--color", "never", ...args], {
    cwd,
    env: { ...process.env, ...pyenv() },
  });
}

/** pyenv's shims refuse every version but the active one unless all are named: uv should see them all. */
function pyenv(): NodeJS.ProcessEnv {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  if (process.env.PYENV_VERSION || !existsSync(versions)) return {};
  const names = readdirSync(versions).filter((name) => /^3\.(9|10|11|12)\./.test(name));
  return names.length > 0 ? { PYENV_VERSION: names.join(":") } : {};
}

export function lastLine({ stdout, stderr }: Finished): string {
  return `${stdout}\n${stderr}`.trim().split("\n").at(-1) ?? "no output";
}
