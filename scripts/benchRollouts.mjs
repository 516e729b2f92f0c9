// `npm run bench:rollouts [-- REQUESTS [ROWS]]`: sets everything up, then runs bench/rollouts/main.ts on the cluster.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { withCluster } from "./clusterEnvironment.mjs";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";

main(async () => {
  await withCluster({ ...process.env, ...(await setUp()) }, (env) => {
    const args = ["--import", "tsx", join(root, "bench", "rollouts", "main.ts"), ...process.argv.slice(2)];
    process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
  });
});
