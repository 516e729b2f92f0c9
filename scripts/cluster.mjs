// `npm run cluster up|down|status|kubeconfig`: a real one-node Kubernetes for the tests, on this machine (docs/cluster.md).
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clusterImages } from "./clusterImages.mjs";
import { containerd, kubernetes } from "./clusterPrograms.mjs";
import { hash } from "./goBuild.mjs";
import { hasKind, kindDown, kindUp } from "./kind.mjs";
import { runVisibly, say } from "./progress.mjs";
import { cache, root } from "./root.mjs";
import { buildLibrary, main } from "./setup.mjs";

const folder = join(root, "cluster");

const commands = { up, down, status, kubeconfig: async () => console.log(await kubeconfigFile()) };

/** Programs that come from the distribution, and the Debian packages that have them. */
const PACKAGES = {
  "/usr/sbin/runc": "runc",
  "/usr/lib/cni/bridge": "containernetworking-plugins",
  "/usr/sbin/iptables": "iptables",
  "/usr/sbin/conntrack": "conntrack",
  "/usr/bin/gcc": "gcc libc6-dev",
  "/usr/sbin/debootstrap": "debootstrap",
  "/bin/busybox": "busybox-static",
};

export async function up() {
  if (process.env.MODELSERVE_TEST_KUBECONFIG) return say("The cluster of MODELSERVE_TEST_KUBECONFIG is used.");
  if (await isUp()) return say("The cluster is up.");
  if (hasKind()) return kindUp(await kubeconfigFile());
  requireRoot();
  await installPackages();
  const variables = { ...process.env, ...(await build()), RUN: await runFolder() };
  script("down.sh", variables); // what an earlier one left
  await runVisibly("Starting the cluster", join(folder, "up.sh"), [], { env: variables });
}

export async function down() {
  if (process.env.MODELSERVE_TEST_KUBECONFIG) return;
  if (hasKind()) return kindDown(await kubeconfigFile());
  requireRoot();
  script("down.sh", { ...process.env, RUN: await runFolder() });
}

async function status() {
  if (process.env.MODELSERVE_TEST_KUBECONFIG) return say("The cluster of MODELSERVE_TEST_KUBECONFIG is used.");
  console.log((await isUp()) ? `up: KUBECONFIG=${await kubeconfigFile()}` : "down");
}

function script(name, env) {
  execFileSync(join(folder, name), { env, stdio: "inherit" });
}

export async function isUp() {
  const file = await kubeconfigFile();
  if (!existsSync(file)) return false; // also before anything is built
  const { status } = spawnSync("kubectl", ["--kubeconfig", file, "get", "--raw", "/readyz", "--request-timeout=5s"], {
    env: { ...process.env, PATH: `${process.env.PATH}:${await kubectlFolders()}` },
    stdio: "ignore",
  });
  return status === 0;
}

export async function kubeconfigFile() {
  return process.env.MODELSERVE_TEST_KUBECONFIG ?? join(await runFolder(), "kubeconfig");
}

async function runFolder() {
  return join((await cache()).cacheFolder(), "cluster-run");
}

function requireRoot() {
  if (process.getuid() !== 0) throw new Error("The cluster needs root: it makes namespaces, mounts and cgroups.");
}

async function installPackages() {
  const missing = Object.entries(PACKAGES).flatMap(([file, name]) => (existsSync(file) ? [] : name.split(" ")));
  if (missing.length === 0) return;
  if (!existsSync("/usr/bin/apt-get")) throw new Error(`The cluster needs ${missing.join(", ")}. Install them.`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runVisibly("Reading the package lists", "apt-get", ["update", "--quiet"], { env });
  const options = ["install", "--yes", "--quiet", "--no-install-recommends"];
  await runVisibly(`Installing ${missing.join(", ")}`, "apt-get", [...options, ...missing], { env });
}

/** Builds what is missing; each part is kept by its sources. */
async function build() {
  const BIN = await programFolders();
  const archives = await clusterImages();
  const { cached } = await cache();
  const IMAGES = await cached(`cluster-images-${hash([], BIN, ...archives)}`, (store) =>
    runVisibly("Unpacking the images", join(folder, "images.sh"), [store, ...archives], {
      env: { ...process.env, BIN },
    }),
  );
  return { BIN, IMAGES };
}

async function programFolders() {
  return `${await kubernetes()}:${await containerd()}`;
}

/** What PATH needs for kubectl: nothing where there is one. */
export async function kubectlFolders() {
  const { status } = spawnSync("kubectl", ["version", "--client"], { stdio: "ignore" });
  return status === 0 ? "" : programFolders();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const command = commands[process.argv[2]];
    if (!command) throw new Error(`Usage: npm run cluster ${Object.keys(commands).join("|")}`);
    await buildLibrary();
    await command();
  });
}
