// A small PyTorch for the tests of Hugging Face models: PyPI's for Linux brings 2.8 GB of CUDA, Debian's brings none.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "./goBuild.mjs";
import { runVisibly, say } from "./progress.mjs";
import { cache, root } from "./root.mjs";

const VERSION = "1.13.1"; // in Debian 12, for its Python 3.11
const OURS = `${VERSION}+debian`; // PyPI has the version as well, and uv would take that
const program = join(root, "scripts", "torch_wheel.py");

/**
 * PyTorch and the packages that have the libraries it calls. It names more, for images and videos above all (OpenCV,
 * FFmpeg, Qt: 300 MB), of which it calls nothing.
 */
const PACKAGES = [
  `python3-torch=${VERSION}*`,
  ...["libtorch1.13", "libblas3", "libcpuinfo0", "libdnnl2", "libfmt9", "libgcc-s1", "libgflags2.2", "libgfortran5"],
  ...["libgloo0", "libgomp1", "libgoogle-glog0v6", "libhiredis0.14", "libibverbs1", "liblapack3", "liblzma5"],
  ...["libnl-3-200", "libnl-route-3-200", "libnuma1", "libonnx1", "libprotobuf32", "libpthreadpool0", "libquadmath0"],
  ...["libsleef3", "libstdc++6", "libtensorpipe0", "libunwind8", "libuv1", "libxnnpack0", "ocl-icd-libopencl1"],
  "zlib1g",
];

/**
 * A wheel of Debian's PyTorch, which needs nothing of the system but glibc. It is made once, without root.
 * @returns the folder that holds it, for `UV_FIND_LINKS`, with a constraints.txt that chooses it, for `UV_CONSTRAINT`;
 * undefined where Debian's packages cannot be had, which is said on screen.
 */
export async function torchWheel() {
  const { cached } = await cache();
  try {
    return await cached(`torch-${OURS}-${hash([program], PACKAGES.join())}`, async (target) => {
      const work = join(target, "work");
      const packages = await download(join(work, "apt"));
      const { findUv } = await import(join(root, "dist/local/uv.js"));
      const args = ["run", "--quiet", "--script", program, OURS, packages, target];
      await runVisibly("Making a wheel of PyTorch", await findUv(), args);
      writeFileSync(join(target, "constraints.txt"), `torch==${OURS}\n`);
      rmSync(work, { recursive: true });
    });
  } catch (error) {
    if (!(error instanceof NoPackages)) throw error;
    say(`Debian's PyTorch ${VERSION} cannot be had (${error.message}): PyPI's is used, which takes 5 GB of disk.`);
    return undefined;
  }
}

/** The variables by which uv takes that wheel, for environments of Hugging Face models. */
export async function torchVariables() {
  const folder = await torchWheel();
  return folder ? { UV_FIND_LINKS: folder, UV_CONSTRAINT: join(folder, "constraints.txt") } : {};
}

class NoPackages extends Error {}

/** Downloads and unpacks the packages with apt's lists in a folder of our own, since the system's are root's. */
async function download(folder) {
  if (process.platform !== "linux" || process.arch !== "x64") throw new NoPackages("this is no Linux on x86-64");
  const lists = join(folder, "lists");
  const unpacked = join(folder, "unpacked");
  for (const each of [lists, unpacked]) mkdirSync(each, { recursive: true });
  const own = [
    ...["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${join(folder, "cache")}`],
    ...["-o", "Acquire::Retries=5"],
  ];
  try {
    await runVisibly("Reading Debian's lists of packages", "apt-get", [...own, "update"]);
    const options = { cwd: folder };
    await runVisibly("Downloading Debian's PyTorch (60 MB)", "apt-get", [...own, "download", ...PACKAGES], options);
  } catch (error) {
    throw new NoPackages(error.message.split("\n").at(-1));
  }
  say("Unpacking it …");
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".deb"))) {
    execFileSync("dpkg-deb", ["--extract", join(folder, name), unpacked]);
  }
  return unpacked;
}
