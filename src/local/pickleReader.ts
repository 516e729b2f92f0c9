import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PickleReport } from "../serving/flavour";
import { cached } from "./cache";
import { uv } from "./uv";

const SCRIPT = join(__dirname, "..", "source", "read_pickle.py");

/** Changed together with the script, so that older answers in the cache are not used. */
const REVISION = 2;

/** Runs `read_pickle.py` on a model file; the answer is kept in the cache, so that unchanged models cost no Python start. */
export async function readPickle(file: string, digest: string): Promise<PickleReport> {
  const folder = await cached(join("pickles", `${digest}-${REVISION}`), async (target) => {
    const { code, stdout, stderr } = await uv([
      "run",
      "--no-project",
      "--python",
      ">=3.9,<3.13",
      "--",
      "python",
      "-I",
      SCRIPT,
      file,
    ]);
    if (code !== 0) throw new Error(code === 2 ? `${stderr.trim()}.` : `no Python could read it: ${stderr.trim()}`);
    await writeFile(join(target, "report.json"), stdout);
  });
  return JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
}
