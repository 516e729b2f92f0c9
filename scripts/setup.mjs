// Brings a fresh machine to where `npm start` and `npm test` can run. Plain Node: it runs before anything is installed.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { requireEngine } from "./engine.mjs";
import { runVisibly, say } from "./progress.mjs";
import { root } from "./root.mjs";

/**
 * Sets up packages, library, engine and uv, each only when missing.
 * @returns the environment variables under which `pulumi` and the library find everything.
 */
export async function setUp() {
  await installPackages();
  await buildLibrary();
  const { findUv } = await import(join(root, "dist/local/uv.js"));
  const engine = await requireEngine(root);
  const uv = await findUv();
  const folders = [...(engine ? [engine] : []), ...(uv.includes("/") ? [dirname(uv)] : [])];
  return { PATH: [...folders, process.env.PATH].join(":"), PULUMI_SKIP_UPDATE_CHECK: "1" };
}

/** Beside `setUp`: the quick start's own back end, in the checkout, with a passphrase that needs no typing. */
export function quickStartStack() {
  return {
    PULUMI_BACKEND_URL: `file://${join(root, ".modelserve", "state")}`,
    PULUMI_HOME: join(root, ".modelserve", "pulumi"),
    PULUMI_CONFIG_PASSPHRASE: "modelserve",
    PULUMI_STACK: "quickstart",
  };
}

async function installPackages() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs) return;
  await runVisibly("Installing the npm packages", "npm", ["install", "--no-save", "--no-audit", "--no-fund"], {
    cwd: root,
  });
}

export async function buildLibrary() {
  const built = join(root, "dist", ".tsbuildinfo");
  if (existsSync(built) && statSync(built).mtimeMs >= newest(join(root, "src"))) return;
  await runVisibly("Building the library", "npm", ["run", "--silent", "build"], { cwd: root });
}

function newest(folder) {
  const times = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  return Math.max(...times);
}

/** Runs a script's work and shows its failure as a message, not as a stack. */
export function main(work) {
  work().catch((error) => {
    say(error.message);
    process.exitCode = 1;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(setUp);
