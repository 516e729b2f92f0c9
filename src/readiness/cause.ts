import type { Incident } from "./incidents";

/**
 * How much a cause says of the future: `fatal` ones stay until something is changed; those that `repeat` are taken for that
 * after three times; the last pass by themselves on healthy clusters, so they are shown, and waited for until the limit.
 */
export type Persistence = "fatal" | "repeats" | "passes";

/** Why a model does not serve. */
export interface Cause {
  persistence: Persistence;
  /** How often one that repeats must have been seen to be taken for one that stays. Default: three times. */
  repeats?: number;
  sees(incident: Incident): boolean;
  /** What to do, in one sentence. */
  next: string;
}
