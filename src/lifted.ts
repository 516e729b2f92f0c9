import type { Input } from "@pulumi/pulumi";

/** A value in which every leaf may be known later: a secret or unknown leaf then hides no more than itself. */
export type Lifted<T> =
  | Input<T>
  | (T extends (infer Item)[] ? Lifted<Item>[] : T extends object ? { [K in keyof T]: Lifted<T[K]> } : never);
