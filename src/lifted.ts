import type { Input } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";

/** A value in which every leaf may be known later: a secret or unknown leaf then hides no more than itself. */
export type Lifted<T> =
  | Input<T>
  | (T extends (infer Item)[] ? Lifted<Item>[] : T extends object ? { [K in keyof T]: Lifted<T[K]> } : never);

/** Computes from a value at once when it is there, so that its leaves stay leaves, else when it is known. */
export function when<T extends object, R>(
  value: Input<T>,
  compute: (value: T) => R,
): R | pulumi.Output<pulumi.Unwrap<R>> {
  return isLater(value)
    ? (pulumi.output(value).apply((known) => compute(known as T) as pulumi.Input<R>) as pulumi.Output<pulumi.Unwrap<R>>)
    : compute(value as T);
}

/** An Output, or a promise: Pulumi knows its value only later. */
export function isLater(value: unknown): boolean {
  return value !== null && typeof value === "object" && ("__pulumiOutput" in value || "then" in value);
}

/** A resource's URN as a plain promise: as an output of a component it would make its children wait for each other. */
export function urnOf(resource: pulumi.Resource): Promise<string> {
  return new Promise((resolve) => resource.urn.apply(resolve));
}
