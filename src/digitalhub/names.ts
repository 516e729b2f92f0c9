import { LONGEST_NAME } from "../kubernetes/check";
import { formOf, isGroup } from "../rules";
import { type ConversionNote, type Fields, textsOf } from "./fields";

/** A name that a resource on a cluster can have. */
export function resourceName(name: string, notes: ConversionNote[]): string {
  const letters = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+/, "");
  const fitting = letters.slice(0, LONGEST_NAME).replace(/-+$/, "") || "model";
  if (fitting !== name)
    notes.push({
      field: "function.name",
      outcome: "converted",
      text: `The resource is called "${fitting}": Kubernetes' names are lower-case letters, digits and \`-\`.`,
    });
  return fitting;
}

/** The first of several of one name keeps it; the others get numbers, by which they are called as no other is. */
export function numbered<Named extends { name: string; notes: ConversionNote[] }>(all: Named[]): Named[] {
  const taken = new Set(all.map(({ name }) => name));
  const suffixes = all.map((_, index) => `-${index + 2}`);
  return all.map((each, index) => {
    if (all.findIndex(({ name }) => name === each.name) === index) return each;
    const names = suffixes.map((suffix) => each.name.slice(0, LONGEST_NAME - suffix.length) + suffix);
    const name = names.find((one) => !taken.has(one)) as string; // there are as many as models
    taken.add(name);
    const text = `The resource is called "${name}": another one before it is "${each.name}".`;
    return { ...each, name, notes: [{ field: "function.name", outcome: "converted", text }, ...each.notes] };
  });
}

/** The id of a function, which since release 0.11 is written without dashes. */
export function uuid(entity: Fields): string | undefined {
  const given = entity.text("id") ?? entity.text("uuid");
  if (given === undefined) return undefined;
  const [, ...parts] =
    /^([0-9a-f]{8})-?([0-9a-f]{4})-?(4[0-9a-f]{3})-?([89ab][0-9a-f]{3})-?([0-9a-f]{12})$/i.exec(given) ?? [];
  if (parts.length === 0) {
    entity.leftOut("id", `"${given}" is no UUID of version 4.`);
    return undefined;
  }
  const dashed = parts.join("-");
  if (dashed !== given) entity.converted("id", `It is written with dashes: ${dashed}.`);
  return dashed;
}

/** Labels, which the platform has as a list: `team:botany` is a key and its value. */
export function labels(metadata: Fields): Record<string, string> | undefined {
  const found = metadata.take("labels");
  if (found === undefined) return undefined;
  if (isGroup(found)) return textsOf(found);
  if (!Array.isArray(found)) {
    metadata.refused("labels", `It is ${formOf(found)}, neither a list nor a map.`);
    return undefined;
  }
  const given = found.map(String); // YAML makes numbers of some
  if (given.some((label) => !label.includes(":")))
    metadata.converted("labels", "A label without a colon has an empty value here.");
  return Object.fromEntries(
    given.map((label) => label.split(/:(.*)/s).slice(0, 2)).map(([key = "", value = ""]) => [key, value]),
  );
}
