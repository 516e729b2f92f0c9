import { existsSync } from "node:fs";
import { run } from "../local/command";
import { Failure } from "./exit";
import type { State } from "./models";

/** Which stack is meant. */
export interface StackOptions {
  /** Name of the stack. Default: the one that is selected, as for `pulumi`. */
  stack?: string;
  /** Folder of the Pulumi program. */
  cwd: string;
}

/**
 * What Pulumi knows of a stack, by its own command line.
 *
 * @param secrets whether secrets are decrypted, for which Pulumi needs the stack's passphrase or key.
 * @throws Failure when there is no such stack, or Pulumi cannot read it.
 */
export async function exportedState({ stack, cwd }: StackOptions, secrets: boolean): Promise<State> {
  if (!existsSync(cwd))
    throw new Failure(`--cwd "${cwd}": there is no such folder. Name the one of the Pulumi program.`);
  const args = ["stack", "export", "--non-interactive", "--color", "never"];
  if (stack !== undefined) args.push("--stack", stack);
  if (secrets) args.push("--show-secrets");
  const { code, stdout, stderr } = await run("pulumi", args, { cwd });
  if (code === null)
    throw new Failure("`pulumi` is not on PATH. Install it: https://www.pulumi.com/docs/iac/download-install/");
  if (code !== 0) throw new Failure(unreadable(cwd, stack, stderr));
  return JSON.parse(stdout).deployment ?? {};
}

function unreadable(cwd: string, stack: string | undefined, said: string): string {
  const reason = said.trim().replace(/^error: /, "");
  const which = stack === undefined ? "The selected stack" : `--stack "${stack}"`;
  const next = /passphrase|secrets manager|decrypt/i.test(reason)
    ? "The stack keeps the cluster's kubeconfig as a secret: let Pulumi decrypt it, or give one by --kubeconfig."
    : "Name the stack by --stack (`pulumi stack ls` lists them), and the folder of its program by --cwd.";
  return `${which} of the program in ${cwd} cannot be read: ${reason}\n${next}`;
}
