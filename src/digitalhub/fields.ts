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

/**
 * The fields of a record, each of which must be taken or is noted as left out, so that none is lost silently. Names are
 * written in snake case, as the platform's SDK does, and in camel case, as its back end does in parts.
 */
export class Fields {
  private readonly left: Set<string>;

  constructor(
    private readonly record: Record<string, unknown>,
    /** Where the record stands, if need be for each field. */
    private readonly place: string | ((field: string) => string),
    private readonly notes: ConversionNote[],
  ) {
    this.left = new Set(Object.keys(record).filter((name) => !isEmpty(record[name])));
  }

  /** The value of the first of these fields that has one. */
  take<T>(...names: string[]): T | undefined {
    const spelled = names.flatMap((name) => [name, camelCase(name)]);
    for (const name of spelled) {
      if (!this.left.delete(name)) continue;
      return this.record[name] as T;
    }
    return undefined;
  }

  /** The fields of a part of the record, under their own place. */
  part(name: string): Fields {
    const place = this.placeOf(name);
    return new Fields(this.take<Record<string, unknown>>(name) ?? {}, place, this.notes);
  }

  converted(field: string, text: string): void {
    this.notes.push({ field: this.placeOf(field), outcome: "converted", text });
  }

  leftOut(field: string, text: string): void {
    this.notes.push({ field: this.placeOf(field), outcome: "left-out", text });
  }

  placeOf(field: string): string {
    return `${typeof this.place === "string" ? this.place : this.place(field)}.${field}`;
  }

  /** Notes all that was not taken. */
  end(text = "ModelServe has no such field."): void {
    for (const field of this.left) this.leftOut(field, text);
  }
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

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
