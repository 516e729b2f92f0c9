// Packs the library and installs it into an empty project, as a user does; then it must load there, types included, and its
// command must run.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runVisibly } from "./progress.mjs";
import { root } from "./root.mjs";
import { main } from "./setup.mjs";

const PROGRAM = `
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as modelserve from "modelserve";
import { ModelServe, Kind, invoke } from "modelserve";

const make = (): ModelServe => new ModelServe("iris", { kind: Kind.SklearnServe, path: "model.pkl", localExecution: true });
const missing = Object.entries({ ModelServe, Kind, invoke, make }).filter(([, value]) => value === undefined);
if (missing.length > 0) throw new Error("not exported: " + missing.map(([name]) => name));
for (const entry of ["modelserve/local/server", "modelserve/readiness/waiter", "modelserve/inference/invocation"]) {
  if (typeof require(entry).create !== "function") throw new Error(entry + " has no create");
}
const folder = dirname(require.resolve("modelserve/package.json"));
for (const program of ["source/read_pickle.py", "kubernetes/prepare_model.py", "kubernetes/requirements.py", "kubernetes/fetch_model.sh"])
  if (!existsSync(join(folder, "dist", program))) throw new Error("not packed: " + program);
console.log("the packed package exports " + Object.keys(modelserve).sort().join(", "));
`;

main(async () => {
  const { devDependencies, peerDependencies, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const project = mkdtempSync(join(tmpdir(), "modelserve-package-"));
  try {
    execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", project], { cwd: root });
    const peers = Object.keys(peerDependencies).map((name) => `${name}@${devDependencies[name]}`);
    const types = ["typescript", "@types/node"].map((name) => `${name}@${devDependencies[name]}`);
    writeFileSync(join(project, "package.json"), '{ "name": "empty", "private": true }');
    const packages = [join(project, `modelserve-${version}.tgz`), ...peers, ...types];
    await runVisibly(
      "Installing the packed package into an empty project",
      "npm",
      ["install", "--no-audit", "--no-fund", ...packages],
      {
        cwd: project,
      },
    );
    writeFileSync(join(project, "index.ts"), PROGRAM);
    const options = [
      "--strict",
      "--skipLibCheck",
      "--module",
      "node16",
      "--target",
      "es2022",
      "--types",
      "node",
      "index.ts",
    ];
    await runVisibly("Compiling a program against it", "npx", ["tsc", ...options], { cwd: project });
    process.stdout.write(execFileSync(process.execPath, ["index.js"], { cwd: project }));
    for (const args of [["--help"], ["status", "--help"], ["logs", "--help"]]) {
      const help = execFileSync(join(project, "node_modules", ".bin", "modelserve"), args, { encoding: "utf8" });
      if (!help.includes("Usage: modelserve")) throw new Error(`modelserve ${args.join(" ")} printed:\n${help}`);
    }
    console.log("the packed command gives its help");
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
