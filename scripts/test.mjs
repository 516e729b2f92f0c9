// `npm test`: sets everything up, then runs the tests (or those that mocha's own arguments name).
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";
import { torchVariables } from "./torchWheel.mjs";

/** These wait the longest, for programs, time limits and pauses: begun first, they have others beside them. */
const LONG = ["test/kubernetes/fetchHub", "test/engine/"];

/** Files run side by side, more than there are processors, since much of their time goes to waiting. */
const BESIDE = ["--parallel", "--jobs", "3"];

main(async () => {
  const env = { ...process.env, ...(await setUp()), ...(await torchVariables()) };
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const chosen = process.argv.slice(2);
  const args = chosen.length > 0 ? chosen : [...BESIDE, ...files()];
  const { status } = spawnSync(process.execPath, [mocha, ...args], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
});

/** All test files but those of the cluster, in the order in which they are begun. */
function files() {
  const all = readdirSync(join(root, "test"), { recursive: true })
    .map((name) => `test/${name}`)
    .filter((name) => name.endsWith(".test.ts") && !name.startsWith("test/cluster/"))
    .sort();
  return [...new Set([...LONG, ""].flatMap((start) => all.filter((name) => name.startsWith(start))))];
}
