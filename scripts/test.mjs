// `npm test`: sets everything up, then runs the tests (or those that mocha's own arguments name).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";
import { torchVariables } from "./torchWheel.mjs";

main(async () => {
  const env = { ...process.env, ...(await setUp()), ...(await torchVariables()) };
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const chosen = process.argv.slice(2);
  const args = chosen.length > 0 ? chosen : ["--ignore", "test/cluster/**", "test/**/*.test.ts"];
  const { status } = spawnSync(process.execPath, [mocha, ...args], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
});
