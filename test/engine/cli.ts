import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Finished, run } from "../../src/local/command";
import { until } from "../until";
import { ROOT, type Stack } from "./stack";

export const MAIN = join(ROOT, "dist", "cli", "main.js");

/** Runs the `modelserve` command in a stack's folder, as the package has it. */
export function modelserve(stack: Stack, ...args: string[]): Promise<Finished> {
  return run(process.execPath, [MAIN, ...args], { cwd: stack.folder, env: stack.env });
}

/** What follows a model's log from its last line on, from when it has that line; it returns what it printed until it ended. */
export async function follow(stack: Stack, model: string): Promise<() => Promise<string>> {
  const args = [MAIN, "logs", model, "--follow", "--tail", "1"];
  const following = spawn(process.execPath, args, { cwd: stack.folder, env: stack.env });
  const closed = once(following, "close");
  let followed = "";
  following.stdout.on("data", (data) => {
    followed += data;
  });
  await until(() => followed.endsWith("\n") || following.exitCode !== null);
  return () => closed.then(() => followed);
}

/** What `modelserve status --json` says of the only model. */
export async function statusOf(stack: Stack, ...args: string[]): Promise<any> {
  const { stdout, stderr } = await modelserve(stack, "status", "--json", ...args);
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout).models[0];
}
