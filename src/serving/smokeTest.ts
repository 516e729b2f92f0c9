import { join } from "node:path";
import type { Input } from "@pulumi/pulumi";
import type { ExpectedOutputArgs, SmokeTestArgs } from "../args";
import { hasLater } from "../later";

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
  return { request: hasLater(request) ? request : flatTexts(request), expected, tolerance, timeLimit };
}

/** A request whose texts are flat, which is the same to the protocol: MLServer takes nested ones for empty. */
export function flatTexts<R extends { inputs?: any }>(request: R): R {
  if (!Array.isArray(request.inputs)) return request;
  const nested = (input: any) =>
    input?.datatype === "BYTES" && Array.isArray(input.data) && input.data.some(Array.isArray);
  if (!request.inputs.some(nested)) return request;
  const flat = (input: any) => ({ ...input, data: input.data.flat(Number.POSITIVE_INFINITY) });
  return { ...request, inputs: request.inputs.map((input: any) => (nested(input) ? flat(input) : input)) };
}
