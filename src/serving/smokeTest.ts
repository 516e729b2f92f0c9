import { join } from "node:path";
import type { Input } from "@pulumi/pulumi";
import type { ExpectedOutputArgs, SmokeTestArgs } from "../args";
import { canonical } from "../digest";
import { flatTexts } from "./texts";

/** What `smoke_test.py` is told of the sample. Any part may be known only later. */
export interface Sample {
  request: Record<string, any>;
  expected: ExpectedOutputArgs[];
  tolerance: Input<number>;
  /** Longest that the request may take, in seconds. */
  timeLimit: Input<number>;
}

/** The program that asks, in plain Python: in the server's container, and on this machine. */
export const SMOKE_TEST = join(__dirname, "smoke_test.py");

export function sampleOf(
  { request, expected = [], tolerance = 1e-3 }: SmokeTestArgs,
  timeLimit: Input<number> = 30,
): Sample {
  return { request, expected, tolerance, timeLimit };
}

/** The file in which `smoke_test.py` finds the sample, all of which is known by then. */
export function sampleFile(sample: Sample): string {
  return canonical({ ...sample, request: flatTexts(sample.request) });
}
