import type { ModelOptions } from "./stackOptions";

/** Which part of a log is printed, and how. */
export interface LogOptions extends ModelOptions {
  container?: string;
  previous?: boolean;
  /** How many of the last lines. */
  tail?: number;
  follow?: boolean;
  json?: boolean;
}

/** A line of a log; with `--json` as it is. docs/status.md describes it. */
export interface LogLine {
  model: string;
  pod?: string;
  container?: string;
  /** When it was written, as Kubernetes knows it. */
  time?: string;
  line: string;
}

/** Prints lines as the options say. */
export function printer({ json }: LogOptions, prefixed = false): (line: LogLine) => void {
  return (line) => console.log(json ? JSON.stringify(line) : `${prefixed ? `[${line.pod}] ` : ""}${line.line}`);
}

/** Something beside the log, which is no part of it. */
export function note(text: string): void {
  process.stderr.write(`modelserve: ${text}\n`);
}
