// `npm run bench [-- REPEATS]`: sets everything up, then measures.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { main, root, setUp } from "./setup.mjs";

main(async () => {
  const env = { ...process.env, ...(await setUp()) };
  const args = ["--import", "tsx", join(root, "bench", "main.ts"), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  process.exitCode = status ?? 1;
});
