import { InvalidArgumentError } from "commander";

/** An option that can be given several times. */
export function collected(value: string, all: string[] = []): string[] {
  return [...all, value];
}

export function seconds(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return Number(text);
}
