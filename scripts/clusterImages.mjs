// The images of the test cluster. None can be counted on to be pulled, so those that the library names are built here,
// under the same names, with the same entry points, user, file layout and, as far as they can be had, package versions.
import { execFileSync } from "node:child_process";
import {
  chownSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { coredns, rclone } from "./clusterPrograms.mjs";
import { hash } from "./goBuild.mjs";
import { runVisibly } from "./progress.mjs";
import { cache, root } from "./root.mjs";
import { torchWheel } from "./torchWheel.mjs";

const MLSERVER = "1.7.1";
const RCLONE = "1.76.0";
const KSERVE = "0.20.0";
const sources = ["pause.c", "image.py", "mlserver.txt", "mlserver-without.txt"].map((name) =>
  join(root, "cluster", name),
);

/** The versions of these packages are those of the official image's lock file. The images of small runtimes are one here. */
const MLSERVER_IMAGES = {
  "-sklearn": [`mlserver-sklearn==${MLSERVER}`],
  "-mlflow": [`mlserver-mlflow==${MLSERVER}`, "mlflow==2.19.0", "scikit-learn==1.5.2"],
  "-xgboost,-lightgbm,-catboost,": ["xgboost", "lightgbm", "catboost", "sklearn"].map(
    (runtime) => `mlserver-${runtime}==${MLSERVER}`,
  ),
};

/** @returns the archives of all images. */
export async function clusterImages() {
  const base = await debian();
  const flavours = Object.entries(MLSERVER_IMAGES).map(
    ([suffixes, packages]) =>
      () =>
        mlserver(base, suffixes.split(","), packages),
  );
  const archives = [];
  for (const make of [pause, dns, fetcher, ...flavours, () => huggingfaceserver(base)])
    archives.push(join(await make(), "image.tar"));
  return archives;
}

function pause() {
  return image("pause", "registry.k8s.io/pause:3.10", { Entrypoint: ["/pause"], User: "65535" }, (layer) => {
    execFileSync("gcc", ["-Os", "-static", "-o", join(layer, "pause"), sources[0]]);
  });
}

async function dns() {
  const program = join(await coredns(), "coredns");
  return image("coredns", "localhost/coredns:1", { Entrypoint: ["/coredns"], User: "65532" }, (layer) =>
    linkSync(program, join(layer, "coredns")),
  );
}

/** As the official image: Alpine's shell and tools, which are busybox, and `rclone` as its entry point. */
async function fetcher() {
  const program = join(await rclone(), "rclone");
  const config = {
    Entrypoint: ["rclone"],
    WorkingDir: "/data",
    Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "XDG_CONFIG_HOME=/config"],
  };
  return image("rclone", `docker.io/rclone/rclone:${RCLONE}`, config, (layer) => {
    for (const folder of ["bin", "usr/local/bin", "etc/ssl/certs", "data", "tmp"])
      mkdirSync(join(layer, folder), { recursive: true });
    copyFileSync("/bin/busybox", join(layer, "bin", "busybox"));
    const tools = execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" }).trim().split("\n");
    for (const tool of tools) if (tool !== "busybox") symlinkSync("busybox", join(layer, "bin", tool));
    copyFileSync("/etc/ssl/certs/ca-certificates.crt", join(layer, "etc", "ssl", "certs", "ca-certificates.crt"));
    linkSync(program, join(layer, "usr", "local", "bin", "rclone"));
  });
}

/** As the official image: user 1000 in /opt/mlserver, the packages in /opt/conda; Debian's Python in place of conda's 3.10. */
function mlserver(base, suffixes, packages) {
  const tags = suffixes.map((suffix) => `docker.io/seldonio/mlserver:${MLSERVER}${suffix}`);
  const config = {
    User: "1000",
    WorkingDir: "/opt/mlserver",
    Env: [
      "MLSERVER_MODELS_DIR=/mnt/models",
      "MLSERVER_PATH=/opt/mlserver",
      "PATH=/opt/conda/bin:/usr/bin:/bin",
      "HF_HOME=/opt/mlserver/.cache",
    ],
    Cmd: ["mlserver", "start", "/mnt/models"],
  };
  const fill = async (layer) => {
    const { findUv } = await import(join(root, "dist/local/uv.js"));
    const conda = join(layer, "opt", "conda");
    mkdirSync(join(conda, "bin"), { recursive: true });
    cpSync(join(base, "usr", "lib", "python3.11"), join(conda, "lib", "python3.11"), {
      recursive: true,
      verbatimSymlinks: true,
    });
    copyFileSync(join(base, "usr", "bin", "python3.11"), join(conda, "bin", "python3.11"));
    for (const name of ["python", "python3"]) symlinkSync("python3.11", join(conda, "bin", name));
    writeFileSync(join(conda, "bin", "mlserver"), ENTRY_POINT, { mode: 0o755 });
    const target = join(conda, "lib", "python3.11", "dist-packages"); // Debian's name for site-packages
    const versions = ["--constraints", sources[2], "--overrides", sources[3]];
    const options = ["--python-version", "3.11", "--target", target, "--compile-bytecode", ...versions];
    const args = ["pip", "install", "--quiet", ...options, `mlserver==${MLSERVER}`, "pip", ...packages];
    await runVisibly(`Installing the packages of the image ${tags[0]}`, await findUv(), args, { env: COMPILED });
    mkdirSync(join(layer, "opt", "mlserver", ".cache"), { recursive: true });
    for (const folder of ["opt/mlserver", "opt/mlserver/.cache"]) chownSync(join(layer, folder), 1000, 0);
  };
  return image(`mlserver${suffixes[0]}`, tags.join(), config, fill, [base], packages);
}

const ENTRY_POINT = `#!/opt/conda/bin/python
import sys
from mlserver.cli import main

if __name__ == "__main__":
    sys.exit(main())
`;

/** As the official images: user 1000, and `python -m huggingfaceserver`, of which a stand-in is here; both tags are without GPUs. */
function huggingfaceserver(base) {
  const tags = ["", "-gpu"].map((suffix) => `docker.io/kserve/huggingfaceserver:v${KSERVE}${suffix}`);
  const config = {
    User: "1000",
    Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "HF_HOME=/tmp/huggingface", "HF_HUB_DISABLE_TELEMETRY=1"],
    Entrypoint: ["python", "-m", "huggingfaceserver"],
  };
  const source = join(root, "cluster", "huggingfaceserver");
  const modules = readdirSync(source).filter((name) => name.endsWith(".py"));
  const versions = join(source, "versions.txt");
  const fill = async (layer) => {
    const { findUv } = await import(join(root, "dist/local/uv.js"));
    const bin = join(layer, "usr", "local", "bin");
    const target = join(layer, "usr", "local", "lib", "python3.11", "dist-packages"); // where Debian's Python looks
    for (const folder of [bin, join(target, "huggingfaceserver")]) mkdirSync(folder, { recursive: true });
    symlinkSync("/usr/bin/python3.11", join(bin, "python"));
    const torch = await torchWheel();
    const wheel = torch ? ["--find-links", torch, "--constraints", join(torch, "constraints.txt")] : [];
    const options = ["--python-version", "3.11", "--target", target, "--compile-bytecode", ...wheel];
    const packages = [`kserve==${KSERVE}`, "transformers", "torch", "numpy", "jinja2"];
    const args = ["pip", "install", "--quiet", ...options, "--constraints", versions, ...packages];
    await runVisibly(`Installing the packages of the image ${tags[0]}`, await findUv(), args, { env: COMPILED });
    for (const name of modules) copyFileSync(join(source, name), join(target, "huggingfaceserver", name));
  };
  const wheelMaker = ["torchWheel.mjs", "torch_wheel.py"].map((name) => join(root, "scripts", name));
  const made = hash([...modules.map((name) => join(source, name)), versions, ...wheelMaker]);
  return image("huggingfaceserver", tags.join(), config, fill, [base], [made]);
}

/** An image's files get other times, by which Python would take what is compiled for stale, and compile it at each start. */
const COMPILED = { ...process.env, PYC_INVALIDATION_MODE: "UNCHECKED_HASH" };

/** A small Debian with Python, as the official image is a small Red Hat with conda's. */
async function debian() {
  const { cached } = await cache();
  return cached("cluster-debian-bookworm-compiled", async (target) => {
    const packages = "--include=python3,python3-venv,ca-certificates,libgomp1";
    await runVisibly("Making a base for images from Debian's packages", "debootstrap", [
      "--variant=minbase",
      packages,
      "bookworm",
      target,
    ]);
    for (const folder of [
      "var/lib/apt/lists",
      "var/cache/apt",
      "usr/share/doc",
      "usr/share/man",
      "usr/share/locale",
      "dev",
      "proc",
      "sys",
    ]) {
      rmSync(join(target, folder), { recursive: true, force: true });
      mkdirSync(join(target, folder), { recursive: true });
    }
    const compile = ["-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash", "/usr/lib/python3.11"];
    execFileSync("chroot", [target, "python3.11", ...compile]);
    execFileSync("useradd", [
      "--root",
      target,
      "--uid",
      "1000",
      "--home-dir",
      "/opt/mlserver",
      "--no-create-home",
      "mlserver",
    ]);
  });
}

/** Fills a layer and writes the image's archive. What the image is made from is part of the name by which it is kept. */
async function image(name, tag, config, fill, layers = [], parts = []) {
  const { cached } = await cache();
  const key = hash(sources, tag, JSON.stringify([config, parts, ENTRY_POINT]), fill.toString());
  return cached(`cluster-image-${name}-${key}`, async (target) => {
    const layer = join(target, "layer");
    mkdirSync(layer);
    await fill(layer);
    const args = [join(root, "cluster", "image.py"), join(target, "image.tar"), tag, JSON.stringify(config)];
    await runVisibly(`Making the image ${tag}, in place of the official one`, "python3", [...args, ...layers, layer]);
    rmSync(layer, { recursive: true });
  });
}
