// `npm run test:cluster`: sets everything up and runs the tests on a real Kubernetes (or those that mocha's arguments name).

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { withCluster } from "./clusterEnvironment.mjs";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";
import { torchVariables } from "./torchWheel.mjs";

const folder = join("test", "cluster");

/** They end programs of the cluster, or need the machine for their load: nothing else runs beside them. */
const ALONE = ["faults.test.ts", "load.test.ts"].map((name) => join(folder, name));

/** Most of a test's time goes to waiting for pods, so more files than processors run side by side. */
const BESIDE = ["--parallel", "--jobs", "3"];

main(async () => {
  await withCluster({ ...process.env, ...(await setUp()), ...(await torchVariables()) }, (env) => {
    const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
    const chosen = process.argv.slice(2);
    const run = (...args) =>
      spawnSync(process.execPath, [mocha, ...args], { cwd: root, env, stdio: "inherit" }).status ?? 1;
    const all = readdirSync(join(root, folder)).filter((name) => name.endsWith(".test.ts"));
    const files = all.map((name) => join(folder, name)).filter((file) => !ALONE.includes(file));
    process.exitCode = chosen.length > 0 ? run(...chosen) : run(...BESIDE, ...files) || run(...ALONE);
  });
});
