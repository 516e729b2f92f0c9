// `npm run bench [-- REPEATS [ROWS]]`: sets everything up, then measures (all, or the rows named, as in bench/main.ts).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { withCluster } from "./clusterEnvironment.mjs";
import { requireKubernetesProvider } from "./kubernetesProvider.mjs";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";

/** Rows that need no cluster, which needs root. */
const WITHOUT_CLUSTER = ["import", "prediction", "preview", "serving", "gap", "calls"];

main(async () => {
  const env = { ...process.env, ...(await setUp()) };
  const rows = process.argv.slice(3);
  if (rows.length > 0 && rows.every((row) => WITHOUT_CLUSTER.includes(row)))
    measure({ ...env, MODELSERVE_TEST_PLUGINS: await requireKubernetesProvider() });
  else await withCluster(env, measure);
});

function measure(env) {
  const args = ["--import", "tsx", join(root, "bench", "main.ts"), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
