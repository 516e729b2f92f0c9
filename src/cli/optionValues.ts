import { InvalidArgumentError } from "commander";

/** An option that can be given several times. */
export function collected(value: string, all: string[] = []): string[] {
  return [...all, value];
}

/** A number, or what is none as it is, for the check of all options to name. */
export function numeric(text: string): number | string {
  return Number.isNaN(Number(text)) ? text : Number(text);
}

export function seconds(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return Number(text);
}
