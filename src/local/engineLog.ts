/** Says something at warning level. The engine shows what a provider prints on its error stream. */
export async function warn(message: string): Promise<void> {
  console.error(`warning: ${message}`);
}

/**
 * Fits a provider's method to the SDK's provider process: results without `undefined`, which it cannot send, and errors
 * without a stack, which it would print besides the message.
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
    return "A model's server could not be brought to the declared state";
  }
}
