import { canonical } from "./digest";

/**
 * Fits a method of a dynamic provider to the SDK's provider process: results without `undefined`, which it cannot send,
 * and errors without a stack, which it would print besides the message.
 */
export function method<Args extends unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      const result = await work(...args);
      return result === undefined ? result : JSON.parse(JSON.stringify(result));
    } catch (error) {
      throw new ForPeople((error as Error).message);
    }
  };
}

class ForPeople extends Error {
  override stack = "its error is below.";

  override toString(): string {
    return "The declared state could not be reached";
  }
}

/** Says something to the user. The engine shows what a provider prints on its error stream. */
export function say(message: string): void {
  console.error(message);
}

export function warn(message: string): void {
  say(`warning: ${message}`);
}

/** What Pulumi's SDK sends to a provider in place of a value that is known only later (`unknownValue` in its `rpc.ts`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or a part of it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(isUnknown);
}

/** Whether an input differs from what the state holds. A value that is not known yet may, so it does. */
export function differs(old: unknown, now: unknown): boolean {
  return isUnknown(now) || canonical(old ?? null) !== canonical(now ?? null);
}
