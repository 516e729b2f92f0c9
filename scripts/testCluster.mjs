// `npm run test:cluster`: sets everything up and runs the tests on a real Kubernetes (or those that mocha's arguments name).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { withCluster } from "./clusterEnvironment.mjs";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";

main(async () => {
  await withCluster({ ...process.env, ...(await setUp()) }, (env) => {
    const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
    const chosen = process.argv.slice(2);
    const args = [mocha, ...(chosen.length > 0 ? chosen : ["test/cluster/**/*.test.ts"])];
    process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
  });
});
