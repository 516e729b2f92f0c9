import { InvalidArgumentError } from "commander";

/** An option that can be given several times. */
export function collected(value: string, all: string[] = []): string[] {
  return [...all, value];
}

export function port(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65_535)
    throw new InvalidArgumentError("Expected a port, a whole number from 1 to 65535.");
  return Number(text);
}

export function seconds(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return Number(text);
}
