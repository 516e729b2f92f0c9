import { existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { cacheFolder } from "../local/cache";
import { run } from "../local/command";
import { findUv } from "../local/uv";
import { Cluster, kubernetesClient } from "../readiness/cluster";
import { EXIT } from "./exit";

const MORE = `
Exit codes: 0 all that is needed is there, 1 something is missing.

Examples:
  modelserve doctor
  modelserve doctor --json | jq '.checks[] | select(.state == "missing")'`;

/** What `doctor` found of one thing. */
interface Check {
  /** What is looked at. */
  name: string;
  /** `warning`: it is missing, or not as it should be, and only some need it. */
  state: "ok" | "missing" | "warning";
  /** What was found, or what is wrong. */
  found: string;
  /** How to get it. */
  next?: string;
}

/** `modelserve doctor`: what this machine has of all that ModelServe needs. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("says what this machine lacks, and how to get it")
    .description("Looks whether this machine has what ModelServe needs, and says how to get what it lacks.")
    .option("--json", "print data instead of text")
    .addHelpText("after", MORE)
    .action(doctor);
}

async function doctor({ json }: { json?: boolean }): Promise<void> {
  const checks = await Promise.all([node(), pulumi(), uv(), space(), cluster()]);
  const text = checks.map(({ name, state, found, next }) =>
    [`${MARKS[state]} ${name}: ${found}`, ...(next ? [`    ${next}`] : [])].join("\n"),
  );
  console.log(json ? JSON.stringify({ checks }, null, 2) : text.join("\n"));
  process.exitCode = checks.some(({ state }) => state === "missing") ? EXIT.failed : EXIT.ok;
}

const MARKS: Record<Check["state"], string> = { ok: "ok     ", missing: "MISSING", warning: "warning" };

const LEAST_BYTES = 2 * 2 ** 30;
const PATIENCE = 5_000; // milliseconds

async function node(): Promise<Check> {
  const { engines } = require(join(__dirname, "..", "..", "package.json"));
  const [here = 0, least = 0] = [process.versions.node, engines.node].map((version) =>
    parseInt(version.replace(/\D*/, ""), 10),
  );
  const name = "Node.js";
  if (here >= least) return { name, state: "ok", found: process.versions.node };
  const found = `${process.versions.node}, which is older than the oldest that is supported`;
  return { name, state: "warning", found, next: `Install Node.js ${least} or later: https://nodejs.org` };
}

async function pulumi(): Promise<Check> {
  const { code, stdout } = await run("pulumi", ["version"]);
  if (code === 0) return { name: "Pulumi", state: "ok", found: stdout.trim() };
  const next =
    "Install it: https://www.pulumi.com/docs/iac/download-install/. `modelserve serve` and calls by URL work without.";
  return { name: "Pulumi", state: "missing", found: "`pulumi` is not on PATH", next };
}

async function uv(): Promise<Check> {
  const name = "uv, for models on this machine";
  return findUv().then(
    async (path): Promise<Check> => ({
      name,
      state: "ok",
      found: `${(await run(path, ["--version"])).stdout.trim()} (${path})`,
    }),
    (error: Error): Check => ({
      name,
      state: "warning",
      found: error.message.split("\n")[0] ?? "",
      next: "Install it: https://docs.astral.sh/uv/, or name one in MODELSERVE_UV. Models on a cluster need none.",
    }),
  );
}

async function space(): Promise<Check> {
  let folder = cacheFolder();
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${(free / 2 ** 30).toFixed(1)} GiB free for Python environments in ${cacheFolder()}`;
  if (free >= LEAST_BYTES) return { name: "Disk space", state: "ok", found };
  return {
    name: "Disk space",
    state: "warning",
    found,
    next: "Free some, or name a folder on another disk in MODELSERVE_CACHE. Models on a cluster need none.",
  };
}

async function cluster(): Promise<Check> {
  const name = "A Kubernetes cluster";
  const next = "Point KUBECONFIG, or ~/.kube/config, to one. Models on this machine (`localExecution`) need none.";
  return Cluster.at({}).then(
    async ({ config }): Promise<Check> => {
      const { VersionApi } = await kubernetesClient();
      const server = config.getCurrentCluster()?.server ?? "";
      const asked = config.makeApiClient(VersionApi).getCode();
      const version = await Promise.race([asked.catch(() => undefined), sleep(PATIENCE, undefined, { ref: false })]);
      if (version) return { name, state: "ok", found: `Kubernetes ${version.gitVersion} at ${server}` };
      return { name, state: "warning", found: `${server} does not answer`, next };
    },
    (error: Error): Check => ({ name, state: "warning", found: error.message.split("\n")[0] ?? "", next }),
  );
}
