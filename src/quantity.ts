const UNITS: Record<string, number> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/**
 * The number that a Kubernetes quantity such as `500m` or `2Gi` stands for: bytes, or CPUs; nothing when it is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(text: string | number): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d*)?|\.\d+)(m|k|[MGTP]|[KMGTP]i|[eE][+-]?\d+)?$/.exec(String(text)) ?? [];
  if (number === undefined) return undefined;
  const factor = UNITS[unit ?? ""] ?? 10 ** Number(unit?.slice(1));
  return Number(number) * factor;
}

/** Bytes as a Kubernetes quantity, rounded up to whole mebibytes. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
