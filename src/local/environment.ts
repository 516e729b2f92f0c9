import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digest } from "../digest";
import { PYTHONS } from "../serving/plan";
import { cached } from "./cache";
import { type Finished, run } from "./command";
import { uv } from "./uv";

/** What a Python environment is made of. */
export interface EnvironmentSpec {
  requirements: string[];
  /**
   * The user's own requirements, which stand in place of others of the same package. They may hold a token, so they are not
   * repeated in messages.
   */
  extraRequirements?: string[];
  /** Packages that others ask for and that are not installed, since nothing here uses them. */
  without?: string[];
  /** Python minor versions to try, the best first. */
  pythons: string[];
  /** Top-level modules that must be importable in it. */
  modules: string[];
  /** Index to install from, in place of uv's default. */
  packageIndex?: string;
  /** Is told when an environment must be built, which takes from ten seconds to minutes. */
  announce?: (message: string) => void;
  /** Versions to fall back on where the requirements cannot be installed, and the place for a word about it. */
  skew?: { tested: Record<string, string>; warn: (message: string) => void };
}

/**
 * A Python environment with the given requirements, made once by `uv` and kept in the cache by their hash.
 *
 * @returns its folder.
 * @throws Error that names the Pythons tried and what uv said, or the module that is missing in it.
 */
export async function pythonEnvironment(spec: EnvironmentSpec): Promise<string> {
  const folder = await build(spec).catch((error) => {
    if (!(error instanceof Uninstallable) || !spec.skew) throw error;
    const { tested, warn } = spec.skew;
    warn(
      `${error.message}\nallowVersionSkew is set, so the versions that the server was tested with are used instead: ` +
        `${pins(tested).join(", ")}. The model may fail to load, fail in single methods (predict_proba), or predict other values.`,
    );
    return build({ ...spec, requirements: replacePins(spec.requirements, tested), pythons: PYTHONS });
  });
  await requireModules(folder, spec.modules);
  return folder;
}

/** The requirements that no Python could satisfy. */
class Uninstallable extends Error {}

function build({
  requirements,
  extraRequirements = [],
  without = [],
  pythons,
  packageIndex,
  announce,
}: EnvironmentSpec): Promise<string> {
  const own = new Set(extraRequirements.map(packageOf));
  const others = requirements.filter((requirement) => !own.has(packageOf(requirement)));
  const all = [...others, ...extraRequirements];
  const key = digest({ requirements: all, pythons, packageIndex, ...(without.length > 0 ? { without } : {}) }).slice(
    0,
    16,
  );
  const contents = [others.join(", "), ...(extraRequirements.length > 0 ? ["your own `requirements`"] : [])].join(
    ", and ",
  );
  return cached(join("environments", key), async (folder) => {
    announce?.(`Building a Python environment with ${contents}; it is kept for the next time.`);
    const list = join(folder, "requirements.txt");
    await writeFile(list, `${all.join("\n")}\n`);
    const overrides = join(folder, "overrides.txt");
    await writeFile(overrides, without.map((name) => `${name} ; python_version < "3"\n`).join(""));
    const tried: string[] = [];
    for (const python of pythons) {
      const made = await uv(["venv", "--quiet", "--clear", "--relocatable", "--python", python, join(folder, "env")]);
      if (made.code !== 0) {
        refuseFullDisk(made);
        tried.push(`Python ${python}: ${summary(made)}`);
        continue;
      }
      const index = packageIndex ? ["--default-index", packageIndex] : [];
      const installed = await uv([
        "pip",
        "install",
        "--quiet",
        "--compile-bytecode",
        ...WHEELS_ONLY,
        ...index,
        ...(without.length > 0 ? ["--overrides", overrides] : []),
        "--python",
        join(folder, "env"),
        "--requirements",
        list,
      ]);
      if (installed.code === 0) return;
      refuseFullDisk(installed);
      tried.push(`Python ${python}: ${summary(installed)}`);
    }
    throw new Uninstallable(
      `No Python environment with ${contents} could be made. Tried:\n${tried.map((line) => `  ${line}`).join("\n")}\n` +
        "Save the model again with versions that can be installed, install a Python that they support, or set allowVersionSkew.",
    );
  });
}

/** Compiling these takes compilers and half an hour: a Python without a wheel for them is passed over. */
const WHEELS_ONLY = ["scikit-learn", "numpy", "scipy", "pandas"].flatMap((name) => ["--only-binary", name]);

function refuseFullDisk({ stdout, stderr }: Finished): void {
  if (/No space left on device|os error 28|ENOSPC/i.test(stdout + stderr)) {
    throw new Error(
      `No disk space is left for the Python environment (it takes 0.4 to 1 GB): free some, or name a folder on another disk in MODELSERVE_CACHE.`,
    );
  }
}

/** The part of uv's message that tells: it begins with marks and repeats itself. */
function summary({ stdout, stderr }: Finished): string {
  const lines = `${stdout}\n${stderr}`
    .split("\n")
    .map((line) => line.replace(/^[\s×╰─▶│]+|^(error|warning): /g, "").trim());
  return (
    lines
      .filter((line) => line !== "" && !/^hint:/.test(line))
      .slice(0, 6)
      .join(" ") || "uv could not be started"
  );
}

function pins(tested: Record<string, string>): string[] {
  return Object.entries(tested).map(([name, version]) => `${name}==${version}`);
}

function replacePins(requirements: string[], tested: Record<string, string>): string[] {
  return [...requirements.filter((requirement) => !(packageOf(requirement) in tested)), ...pins(tested)];
}

/** The package that a requirement names, as PyPI compares names (PEP 503). */
function packageOf(requirement: string): string {
  const [name = requirement] = /^[A-Za-z0-9._-]+/.exec(requirement) ?? [];
  return name.toLowerCase().replace(/[._-]+/g, "-");
}

const FIND = `import importlib.util, sys
print(" ".join(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))`;

async function requireModules(folder: string, modules: string[]): Promise<void> {
  if (modules.length === 0) return;
  const { code, stdout, stderr } = await run(pythonOf(folder), ["-I", "-c", FIND, ...modules]);
  if (code !== 0)
    throw new Error(`The Python environment ${folder} is broken: ${stderr.trim()}. Remove that folder and try again.`);
  const missing = stdout.trim().split(" ").filter(Boolean);
  if (missing.length > 0) {
    throw new Error(
      `The model imports ${missing.map((name) => `"${name}"`).join(", ")}, which its Python environment lacks. ` +
        "Name the packages that have it in `requirements`; a module of your own must be installed as a package.",
    );
  }
}

/** The Python of an environment. */
export function pythonOf(folder: string): string {
  return join(folder, "env", "bin", "python");
}
