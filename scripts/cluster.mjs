// `npm run cluster up|down|status|kubeconfig`: a real one-node Kubernetes for the tests, on this machine (docs/cluster.md).
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runVisibly, say } from "./progress.mjs";
import { buildLibrary, main, root } from "./setup.mjs";

const KUBERNETES = "1.34.4";
const PROGRAMS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
];
const CONTAINERD = ["containerd", "containerd-shim-runc-v2", "ctr"];
const folder = join(root, "cluster");

const commands = { up, down, status, kubeconfig: async () => console.log(await kubeconfigFile()) };

/** Programs that come from the distribution, and the Debian packages that have them. */
const PACKAGES = {
  "/usr/sbin/runc": "runc",
  "/usr/lib/cni/bridge": "containernetworking-plugins",
  "/usr/sbin/iptables": "iptables",
  "/usr/sbin/conntrack": "conntrack",
  "/usr/bin/gcc": "gcc libc6-dev",
};

async function up() {
  if (process.env.MODELSERVE_TEST_KUBECONFIG) return say("The cluster of MODELSERVE_TEST_KUBECONFIG is used.");
  if (await isUp()) return say("The cluster is up.");
  requireRoot();
  await installPackages();
  const variables = { ...process.env, ...(await build()), RUN: await runFolder() };
  script("down.sh", variables); // what an earlier one left
  await runVisibly("Starting the cluster", join(folder, "up.sh"), [], { env: variables });
}

async function down() {
  if (process.env.MODELSERVE_TEST_KUBECONFIG) return;
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

async function isUp() {
  const file = await kubeconfigFile();
  if (!existsSync(file)) return false;
  const { PATH } = await programs();
  const { status } = spawnSync("kubectl", ["--kubeconfig", file, "get", "--raw", "/readyz", "--request-timeout=5s"], {
    env: { ...process.env, PATH: `${PATH}:${process.env.PATH}` },
    stdio: "ignore",
  });
  return status === 0;
}

async function kubeconfigFile() {
  return process.env.MODELSERVE_TEST_KUBECONFIG ?? join(await runFolder(), "kubeconfig");
}

async function runFolder() {
  return join((await library()).cacheFolder(), "cluster-run");
}

function library() {
  return import(join(root, "dist/local/cache.js"));
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
  const { PATH, dns } = await programs();
  return { BIN: PATH, IMAGES: await images(dns) };
}

async function programs() {
  const version = "k8s.io/component-base/version";
  const [major, minor] = KUBERNETES.split(".");
  const stamps = [`gitVersion=v${KUBERNETES}`, `gitMajor=${major}`, `gitMinor=${minor}`, "gitTreeState=clean"];
  const flags = [
    "-tags",
    "grpcnotrace",
    "-ldflags",
    `-s -w ${stamps.map((stamp) => `-X ${version}.${stamp}`).join(" ")}`,
  ];
  const kubernetes = await goBuild("kubernetes", `Kubernetes ${KUBERNETES} (about 5 minutes, once)`, [[...flags, "."]]);
  const containerd = await goBuild(
    "containerd",
    "containerd",
    CONTAINERD.map((name) => ["-ldflags", "-s -w", `github.com/containerd/containerd/v2/cmd/${name}`]),
  );
  const dns = await goBuild("coredns", "CoreDNS", [["-ldflags", "-s -w", "."]]);
  return { PATH: `${kubernetes}:${containerd}`, dns };
}

async function goBuild(module, what, targets) {
  const source = join(folder, module);
  const { cached } = await library();
  return cached(`cluster-${module}-${hash(filesOf(source))}`, async (target) => {
    for (const [index, args] of targets.entries()) {
      const progress = targets.length > 1 ? `${what}, ${index + 1} of ${targets.length}` : what;
      await runVisibly(
        `Building ${progress}`,
        "go",
        ["build", "-mod=readonly", "-trimpath", "-o", `${target}/`, ...args],
        {
          cwd: source,
          env: { ...process.env, CGO_ENABLED: "0" },
        },
      );
    }
    if (module === "kubernetes") for (const name of PROGRAMS) symlinkSync("kubernetes", join(target, name));
  });
}

function filesOf(source) {
  return readdirSync(source).map((name) => join(source, name));
}

function hash(files) {
  const sum = createHash("sha256");
  for (const file of files.sort()) sum.update(readFileSync(file));
  return sum.digest("hex").slice(0, 12);
}

/** The images that the cluster itself needs. */
async function images(dns) {
  const { cached } = await library();
  const sources = ["pause.c", "image.py"].map((name) => join(folder, name));
  return cached(`cluster-images-${hash([...sources, join(dns, "coredns")])}`, async (target) => {
    const pause = join(target, "pause");
    mkdirSync(pause);
    execFileSync("gcc", ["-Os", "-static", "-o", join(pause, "pause"), join(folder, "pause.c")]);
    const image = async (name, config, layer) => {
      const args = [
        join(folder, "image.py"),
        join(target, `${name}.tar`),
        `localhost/${name}:1`,
        JSON.stringify(config),
        layer,
      ];
      await runVisibly(`Making the image ${name}`, "python3", args);
    };
    await image("pause", { Entrypoint: ["/pause"], User: "65535" }, pause);
    await image("coredns", { Entrypoint: ["/coredns"], User: "65532" }, dns);
  });
}

main(async () => {
  const command = commands[process.argv[2]];
  if (!command) throw new Error(`Usage: npm run cluster ${Object.keys(commands).join("|")}`);
  await buildLibrary();
  await command();
});
