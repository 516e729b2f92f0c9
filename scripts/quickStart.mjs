// The quick start's stack: `pulumi` on it, as a user would type it.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { root } from "./root.mjs";
import { quickStartStack, setUp } from "./setup.mjs";

/** Sets everything up and returns a function that runs `pulumi` on the quick start's stack. */
export async function quickStart() {
  const variables = { ...process.env, ...(await setUp()), ...quickStartStack() };
  mkdirSync(variables.PULUMI_BACKEND_URL.replace("file://", ""), { recursive: true });
  return (args, { quiet = false } = {}) => {
    const { status, stdout, stderr } = spawnSync("pulumi", args, {
      cwd: root,
      env: variables,
      encoding: "utf8",
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    });
    if (status !== 0)
      throw new Error(`pulumi ${args.join(" ")} failed.${quiet ? `\n${stderr}` : " What it said is above."}`);
    return stdout;
  };
}
