// `npm run bench [-- REPEATS [ROWS]]`: sets everything up, then measures (all, or the rows named, as in bench/main.ts).
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { requireKubernetesProvider } from "./kubernetesProvider.mjs";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";

main(async () => {
  const env = { ...process.env, ...(await setUp()) };
  env.MODELSERVE_TEST_PLUGINS = await requireKubernetesProvider();
  const args = ["--import", "tsx", join(root, "bench", "main.ts"), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  process.exitCode = status ?? 1;
});
