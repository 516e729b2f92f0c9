import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Context } from "mocha";

const ROOT = join(__dirname, "..");

/** Where the tests leave what came of faults, from which `npm run docs` writes docs/reliability.md. */
const RESULTS = join(ROOT, ".results");

/** Something that goes wrong, and what comes of it. */
export interface Fault {
  /** What goes wrong. */
  fault: string;
  /** What happens then, as a person sees it. */
  happens: string;
  /** What people read of it, out of what was printed; nothing where nobody has to do anything. */
  reads?: string;
}

let current = { title: "", file: "" };

/** Keeps in mind which test runs. */
export const mochaHooks = {
  beforeEach(this: Context) {
    const { currentTest } = this;
    current = { title: currentTest?.fullTitle() ?? "", file: relative(ROOT, currentTest?.file ?? "") };
  },
};

/** The last statement of a test that tries a fault out: what it says has been seen. */
export function tried({ fault, happens, reads }: Fault): void {
  mkdirSync(RESULTS, { recursive: true });
  const name = `${basename(current.file, ".test.ts")}-${fault.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.json`;
  const result = { fault, happens, reads: reads === undefined ? "" : lasting(reads), ...current };
  writeFileSync(join(RESULTS, name), `${JSON.stringify(result, null, 2)}\n`);
}

/** What a text says in words that are the same in each run. */
function lasting(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\btest-[0-9a-f]{8}\b/g, "models")
    .replaceAll(/\biris-[0-9a-f]{8}(-[a-z0-9]{8,10})?(-[a-z0-9]{5})?\b/g, "iris-…")
    .replaceAll(/\b(iris-[a-z]+)-[0-9a-f]{8}\b/g, "$1-…")
    .replaceAll(/\/tmp\/[\w./-]+/g, "…")
    .replaceAll(/\bprocess \d+/g, "process 4711")
    .replaceAll(/kill -- -\d+/g, "kill -- -4711")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The last line of a text in which something stands, from there on. */
export function lineOf(text: string, what: RegExp): string {
  const found = text.split("\n").findLast((line) => what.test(line));
  if (found === undefined) throw new Error(`${what} is not in:\n${text}`);
  return found.slice(found.search(what));
}
