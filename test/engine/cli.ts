import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { type Finished, run } from "../../src/local/command";
import { ROOT, type Stack } from "./stack";

const MAIN = join(ROOT, "dist", "cli", "main.js");

/** Runs the `modelserve` command in a stack's folder, as the package has it. */
export function modelserve(stack: Stack, ...args: string[]): Promise<Finished> {
  return run(process.execPath, [MAIN, ...args], { cwd: stack.folder, env: stack.env });
}

/** Starts the command, for a log that is followed. */
export function startModelserve(stack: Stack, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: stack.folder, env: stack.env });
}

/** What `modelserve status --json` says of the only model. */
export async function statusOf(stack: Stack, ...args: string[]): Promise<any> {
  const { stdout, stderr } = await modelserve(stack, "status", "--json", ...args);
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout).models[0];
}
