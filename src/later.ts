/** Whether a value, or a part of it, is known only later. */
export function hasLater(value: unknown): boolean {
  if (isLater(value)) return true;
  return value !== null && typeof value === "object" && Object.values(value).some(hasLater);
}

/** An Output, or a promise: Pulumi knows its value only later. */
export function isLater(value: unknown): boolean {
  return value !== null && typeof value === "object" && ("__pulumiOutput" in value || "then" in value);
}
