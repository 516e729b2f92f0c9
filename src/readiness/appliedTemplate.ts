/** The fields that a manager applied, as Kubernetes keeps them (`FieldsV1`). */
type Fields = { [key: string]: Fields };

interface ManagedFields {
  manager?: string;
  operation?: string;
  subresource?: string;
  fieldsV1?: object;
}

interface Applied {
  metadata?: { annotations?: Record<string, string>; managedFields?: ManagedFields[] };
  spec?: unknown;
}

/**
 * The part of a Deployment's pod template that Pulumi applied: with what the program's transforms changed, and without what
 * Kubernetes, or somebody else, filled in. Kubernetes keeps which fields those are; where the provider does not use
 * server-side apply, it keeps what was applied itself.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function appliedTemplate({ metadata = {}, spec }: Applied): unknown {
  const last = metadata.annotations?.["kubectl.kubernetes.io/last-applied-configuration"];
  const fields = appliedFields(metadata);
  if (fields) return prune((spec as any)?.template, fields["f:spec"]?.["f:template"] ?? {});
  return last === undefined ? (spec as any)?.template : JSON.parse(last).spec?.template;
}

/** A Deployment's fields that Pulumi applied; nothing where its provider does not use server-side apply. */
export function appliedFields({ managedFields = [] }: NonNullable<Applied["metadata"]>): Fields | undefined {
  const fields = managedFields.find(isPulumis)?.fieldsV1 as Fields | undefined;
  return fields?.["f:spec"]?.["f:template"] && fields;
}

/** An entry of Pulumi's server-side apply, of the whole Deployment: its selector is in no patch. */
export function isPulumis({ operation, subresource, manager, fieldsV1 }: ManagedFields): boolean {
  const whole = (fieldsV1 as Fields | undefined)?.["f:spec"]?.["f:selector"] !== undefined;
  return operation === "Apply" && !subresource && manager?.startsWith("pulumi") === true && whole;
}

/** A value with the given fields alone; items of lists in the order of their keys. */
export function prune(value: unknown, fields: Fields): unknown {
  const keys = Object.keys(fields).filter((key) => key !== ".");
  if (keys.length === 0) return value;
  if (Array.isArray(value)) {
    return keys.sort().flatMap((key) => {
      if (key.startsWith("v:")) return [JSON.parse(key.slice(2))];
      const item = value.find((each) => isItem(each, key));
      return item === undefined ? [] : [prune(item, fields[key] ?? {})];
    });
  }
  if (value === null || typeof value !== "object") return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    keys
      .filter((key) => key.startsWith("f:") && key.slice(2) in object)
      .map((key) => [key.slice(2), prune(object[key.slice(2)], fields[key] ?? {})]),
  );
}

/** Whether a list's item is the one that a key such as `k:{"name":"server"}` names. */
function isItem(item: unknown, key: string): boolean {
  if (!key.startsWith("k:")) return false;
  return Object.entries(JSON.parse(key.slice(2))).every(([name, value]) => (item as any)?.[name] === value);
}
