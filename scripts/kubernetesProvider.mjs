// Finds Pulumi's Kubernetes provider for the cluster tests: the official download, else built from its Go module.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { downloadOnce } from "./download.mjs";
import { goBuild, hash, isBuilt } from "./goBuild.mjs";
import { say } from "./progress.mjs";
import { cache, root } from "./root.mjs";

/** The version of the package @pulumi/kubernetes in package.json, and of the module in engine/kubernetes/go.mod. */
const VERSION = "4.25.0";
const NAME = "resource-kubernetes";
const SOURCE = join(root, "engine", "kubernetes");
const MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** @returns a folder to use as PULUMI_HOME's `plugins`. */
export async function requireKubernetesProvider() {
  const provider = join(await program(), "pulumi-resource-kubernetes");
  const { cached } = await cache();
  return cached(`plugins-kubernetes-${hash([], provider)}`, async (folder) => {
    const plugin = join(folder, `resource-kubernetes-v${VERSION}`);
    mkdirSync(plugin);
    symlinkSync(provider, join(plugin, "pulumi-resource-kubernetes"));
  });
}

async function program() {
  if (await isBuilt(NAME, SOURCE)) return build();
  try {
    return await downloadOnce(`resource-kubernetes-${VERSION}`, `plugins/pulumi-resource-kubernetes-v${VERSION}`);
  } catch {
    say("Pulumi's Kubernetes provider cannot be downloaded: building it from its Go module (6 to 20 minutes, once).");
    return build();
  }
}

function build() {
  return goBuild({
    name: NAME,
    what: `Pulumi's Kubernetes provider ${VERSION}`,
    source: SOURCE,
    targets: [["-ldflags", `-s -w -X ${MODULE}/pkg/version.Version=${VERSION}`, "."]],
    prepare: (work) => {
      execFileSync("go", ["mod", "download", MODULE], { cwd: work });
      const folder = execFileSync("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", MODULE], {
        cwd: work,
        encoding: "utf8",
      });
      for (const name of ["schema.json", "terraform-mapping.json"]) {
        copyFileSync(join(folder.trim(), "cmd", "pulumi-resource-kubernetes", name), join(work, name));
      }
    },
  });
}
