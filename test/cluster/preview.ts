import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Stack } from "../engine/stack";

const execute = promisify(execFile);

/** What a preview, as a program reads it, says of one resource. */
interface Step {
  op: string;
  urn: string;
  detailedDiff?: Record<string, unknown>;
  newState?: { inputs: any };
}

const SHOWN = ["create", "delete", "update", "replace"];

/** What a preview would change, a line for each object: `update Deployment iris: spec.replicas`. */
export function changes(steps: Step[]): string[] {
  return steps
    .filter(({ op, urn }) => SHOWN.includes(op) && !urn.includes("::pulumi:pulumi:Stack::"))
    .map(({ op, urn, detailedDiff }) => {
      const paths = Object.keys(detailedDiff ?? {}).sort();
      return `${op} ${kindAndName(urn)}${paths.length > 0 ? `: ${paths.join(", ")}` : ""}`;
    })
    .sort();
}

/** The inputs of all resources that a preview shows, by kind and name. */
export function inputs(steps: Step[]): Record<string, any> {
  return Object.fromEntries(steps.map(({ urn, newState }) => [kindAndName(urn), newState?.inputs]));
}

/** `Deployment iris` of urn:pulumi:…$kubernetes:apps/v1:Deployment::iris. */
function kindAndName(urn: string): string {
  const [type = "", name] = urn.split("::").slice(-2);
  return `${type.split(":").at(-1)} ${name}`;
}

/**
 * Previews a stack from another checkout of its project, in which something is edited; several may run at once.
 *
 * @param edit changes the files of the checkout's folder.
 */
export async function preview(stack: Stack, edit: (folder: string) => void): Promise<Step[]> {
  const folder = mkdtempSync(join(tmpdir(), "modelserve-checkout-"));
  const mine = (file: string) => !/\/(state|home|cache)(\/|$)/.test(file.slice(stack.folder.length));
  cpSync(stack.folder, folder, { recursive: true, verbatimSymlinks: true, filter: mine });
  try {
    edit(folder);
    const options = { cwd: folder, env: stack.env, maxBuffer: 64 * 2 ** 20 };
    const { stdout } = await execute("pulumi", ["preview", "--json", "--non-interactive"], options);
    return JSON.parse(stdout).steps;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Does work for all items, a few at a time, and keeps their order; one that fails has its error as the result. */
export async function aFewAtATime<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<(R | Error)[]> {
  const results: (R | Error)[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, item] = next;
      results[index] = await work(item).catch((error: Error) => error);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return results;
}
