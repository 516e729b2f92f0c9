import { formOf, isGroup } from "../rules";

/** What became of a field on its way. */
export interface ConversionNote {
  /** Where it stands: `function.spec.path`, `task.spec.volumes[0].size`. */
  field: string;
  /** `converted`: it is kept in another form or with another meaning; `left-out`: nothing here takes its place. */
  outcome: "converted" | "left-out";
  /** What that means, and what to do. */
  text: string;
}

/** Notes as people read them: fields of which the same is to be said are named together. */
export function noteLines(notes: ConversionNote[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { field, outcome, text } of notes) {
    const said = `${outcome === "left-out" ? "left out" : outcome}: ${text}`;
    groups.set(said, [...(groups.get(said) ?? []), field]);
  }
  return [...groups].map(([said, fields]) => `${fields.join(", ")}: ${said}`);
}

/** Where a conversion writes down what it finds. */
export interface Findings {
  notes: ConversionNote[];
  /** Takes what cannot be converted. */
  problem(field: string, reason: string): void;
}

/**
 * The fields of a record, each of which must be taken or is noted as left out, so that none is lost silently. Names are
 * written in snake case, as the platform's SDK does, and in camel case, as its back end does in parts. A field of another
 * form than the platform gives it is a problem, and then has no value.
 */
export class Fields {
  private readonly left: Set<string>;

  constructor(
    private readonly record: Record<string, unknown>,
    /** Where the record stands, if need be for each field. */
    private readonly place: string | ((field: string) => string),
    private readonly findings: Findings,
  ) {
    this.left = new Set(Object.keys(record).filter((name) => !isEmpty(record[name])));
  }

  /** The value of the first of these fields that has one, whatever its form. */
  take(...names: string[]): unknown {
    return this.first(names)?.value;
  }

  text(...names: string[]): string | undefined {
    return this.formed(names, "a text", (value) => {
      const text = textOf(value);
      return typeof text === "string" ? text : undefined;
    });
  }

  flag(...names: string[]): boolean | undefined {
    return this.formed(names, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  list<Item>(name: string): Item[] | undefined {
    return this.formed([name], "a list", (value) => (Array.isArray(value) ? value : undefined));
  }

  /** The fields of a part of the record, under their own place. */
  part(name: string): Fields {
    const group = this.formed([name], "a group of fields", (value) => (isGroup(value) ? value : undefined));
    return new Fields(group ?? {}, this.placeOf(name), this.findings);
  }

  /** The fields of each part in a list. */
  parts(name: string): Fields[] {
    return (this.list(name) ?? []).flatMap((item, index) => {
      const place = `${this.placeOf(name)}[${index}]`;
      if (isGroup(item)) return [new Fields(item, place, this.findings)];
      this.findings.problem(place, `It is ${formOf(item)}, not a group of fields.`);
      return [];
    });
  }

  converted(field: string, text: string): void {
    this.findings.notes.push({ field: this.placeOf(field), outcome: "converted", text });
  }

  leftOut(field: string, text: string): void {
    this.findings.notes.push({ field: this.placeOf(field), outcome: "left-out", text });
  }

  refused(field: string, reason: string): void {
    this.findings.problem(this.placeOf(field), reason);
  }

  /** Notes all that was not taken. */
  end(text = "ModelServe has no such field."): void {
    for (const field of this.left) this.leftOut(field, text);
  }

  private placeOf(field: string): string {
    return `${typeof this.place === "string" ? this.place : this.place(field)}.${field}`;
  }

  private first(names: string[]): { name: string; value: unknown } | undefined {
    const name = names.flatMap((each) => [each, camelCase(each)]).find((each) => this.left.delete(each));
    return name === undefined ? undefined : { name, value: this.record[name] };
  }

  private formed<T>(names: string[], form: string, read: (value: unknown) => T | undefined): T | undefined {
    const found = this.first(names);
    if (found === undefined) return undefined;
    const value = read(found.value);
    if (value === undefined) this.refused(found.name, `It is ${formOf(found.value)}, not ${form}.`);
    return value;
  }
}

/** A text of which YAML made a number, true or false, since it is written like one; anything else as it is. */
export function textOf(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

/** A map whose values are texts. */
export function textsOf(map: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, textOf(value)])) as Record<string, string>;
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** An object of Kubernetes with its field names in another spelling, down to maps whose keys are the user's own. */
export function respelled(value: unknown, spell: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => respelled(each, spell));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      spell(name),
      camelCase(name) === "matchLabels" ? each : respelled(each, spell),
    ]),
  );
}

/** Whether a field has no value. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
