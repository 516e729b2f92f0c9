import { closeSync, openSync, readSync } from "node:fs";

/** Whether a file begins with these bytes, in Latin-1. */
export function beginsWith(file: string, text: string): boolean {
  const start = Buffer.alloc(text.length);
  const opened = openSync(file, "r");
  try {
    readSync(opened, start);
  } finally {
    closeSync(opened);
  }
  return start.toString("latin1") === text;
}
