// Pulumi's official programs for this machine, downloaded once into the user's cache.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { runVisibly } from "./progress.mjs";
import { cache } from "./root.mjs";

/**
 * @param path of the release below https://get.pulumi.com/releases, without system and processor.
 * @returns the folder with what the archive holds.
 * @throws Error when there is none for this machine or it cannot be reached.
 */
export async function downloadOnce(name, path) {
  const system = { linux: "linux", darwin: "darwin" }[process.platform];
  const processor = { x64: path.startsWith("plugins/") ? "amd64" : "x64", arm64: "arm64" }[process.arch];
  if (!system || !processor) throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  const url = `https://get.pulumi.com/releases/${path}-${system}-${processor}.tar.gz`;
  const { cached } = await cache();
  return cached(name, async (folder) => {
    const archive = join(folder, "archive.tar.gz");
    const options = [
      "--fail",
      "--silent",
      "--show-error",
      "--location",
      "--connect-timeout",
      "10",
      "--output",
      archive,
    ];
    await runVisibly(`Downloading ${name}`, "curl", [...options, url]);
    await runVisibly("Unpacking it", "tar", ["-xzf", archive, "-C", folder]);
    rmSync(archive);
  });
}
