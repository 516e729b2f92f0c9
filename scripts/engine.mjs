// Finds the Pulumi engine: on PATH, else the official download, else built from its Go modules into the user's cache.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { downloadOnce } from "./download.mjs";
import { runVisibly, say } from "./progress.mjs";
import { cache } from "./root.mjs";

const VERSION = "3.259.0";
const OLDEST = [3, 238];

/**
 * @returns the folder that holds `pulumi` and its Node language host, or nothing when PATH already has both.
 * @throws Error that lists what was tried.
 */
export async function requireEngine(root) {
  const tried = [];
  if (isOnPath(tried)) return undefined;
  const { cached, cacheFolder } = await cache();
  if (!existsSync(join(cacheFolder(), builtName(root)))) {
    const downloaded = await downloadOnce(`pulumi-${VERSION}`, `sdk/pulumi-v${VERSION}`).catch(
      (error) => void tried.push(`download: ${lastLine(error.message)}`),
    );
    if (downloaded) return join(downloaded, "pulumi");
  }
  try {
    return await build(root, cached);
  } catch (error) {
    tried.push(`build from Go modules: ${error.message}`);
  }
  throw new Error(
    `No usable Pulumi engine. Tried:\n${tried.map((line) => `  ${line}`).join("\n")}\n` +
      `Install Pulumi ${OLDEST.join(".")} or later (https://www.pulumi.com/docs/install/), or Go 1.26 or later so that it can be built.`,
  );
}

function isOnPath(tried) {
  let version;
  try {
    version = execFileSync("pulumi", ["version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    tried.push("`pulumi` on PATH: not found");
    return false;
  }
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1])
    tried.push(`\`pulumi\` on PATH: ${version} is older than ${OLDEST.join(".")}`);
  else if (!process.env.PATH.split(delimiter).some((folder) => isExecutable(join(folder, "pulumi-language-nodejs")))) {
    tried.push("`pulumi` on PATH: there is no pulumi-language-nodejs beside it");
  } else return true;
  return false;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** About six minutes of two cores, once: the program is kept by the module files, the small scripts beside it by their text. */
async function build(root, cached) {
  const source = join(root, "engine");
  const program = await cached(builtName(root), async (folder) => {
    say(
      `Pulumi ${VERSION} is not installed and cannot be downloaded: building it from its Go modules (5 to 15 minutes, once).`,
    );
    const sdk = "github.com/pulumi/pulumi/sdk/v3/go/common/version";
    const flags = [
      "-mod=readonly",
      "-trimpath",
      "-tags",
      "osusergo,grpcnotrace",
      "-ldflags",
      `-s -w -X ${sdk}.Version=v${VERSION}`,
    ];
    const work = mkdtempSync(join(tmpdir(), "modelserve-engine-"));
    try {
      cpSync(source, work, { recursive: true });
      const target = ["-o", join(folder, "pulumi"), "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"];
      await runVisibly("Building", "go", ["build", "-v", ...flags, ...target], {
        cwd: work,
        env: { ...process.env, CGO_ENABLED: "0" },
      });
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
  const scripts = [
    join(source, "pulumi-language-nodejs"),
    join(root, "node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs"),
  ];
  return cached(
    `engine-${hash([builtName(root), ...scripts.map((script) => readFileSync(script))])}`,
    async (folder) => {
      linkSync(join(program, "pulumi"), join(folder, "pulumi")); // a link: the engine looks for plug-ins beside its file
      for (const script of scripts) {
        const copy = join(folder, script.slice(script.lastIndexOf("/") + 1));
        copyFileSync(script, copy);
        chmodSync(copy, 0o755);
      }
    },
  );
}

function builtName(root) {
  const modules = ["go.mod", "go.sum"].map((name) => readFileSync(join(root, "engine", name)));
  return `pulumi-${VERSION}-built-${hash(modules)}`;
}

function hash(parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex").slice(0, 12);
}

function lastLine(text) {
  return text.trim().split("\n").at(-1);
}
