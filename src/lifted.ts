import type { Input } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { hasLater, isLater } from "./later";

/** A value in which every leaf may be known later: a secret or unknown leaf then hides no more than itself. */
export type Lifted<T> =
  | Input<T>
  | (T extends (infer Item)[] ? Lifted<Item>[] : T extends object ? { [K in keyof T]: Lifted<T[K]> } : never);

/** What follows from arguments: a plain value where they are plain. */
export type Computed<T> = T | pulumi.Output<T>;

/**
 * Computes from a value: at once when all of it is there, else when it is known. Plain values cost nothing, and Outputs a
 * dozen promises each, which is what the time of large previews is made of.
 */
export function compute<T, R>(value: Input<T>, from: (value: T) => R): Computed<R> {
  if (!hasLater(value)) return from(value as T);
  return pulumi.output(value).apply((known) => from(known as T) as Input<R>) as pulumi.Output<R>;
}

/** Computes from several values, as `compute` does from one. */
export function computeAll<T extends object, R>(
  values: { [K in keyof T]: Input<T[K]> },
  from: (values: T) => R,
): Computed<R> {
  return compute(values as Input<T>, from);
}

/** Computes from a map or list that is there, whose leaves stay as they are, or from one that is known only later. */
export function computeAround<T extends object, R>(value: Input<T>, from: (value: T) => R): Input<R> {
  return isLater(value)
    ? (pulumi.output(value).apply((known) => from(known as T) as Input<R>) as pulumi.Output<R>)
    : from(value as T);
}

/** An Output of a value that may be there already: `pulumi.output` would make one of each of its parts. */
export function outputOf<T>(value: Input<T> | undefined): pulumi.Output<T> {
  if (value === undefined || value === null) return NOTHING as pulumi.Output<T>;
  if (hasLater(value)) return pulumi.output(value) as pulumi.Output<T>;
  return NOTHING.apply(() => value) as pulumi.Output<T>;
}

const NOTHING: pulumi.Output<unknown> = pulumi.output(undefined);
