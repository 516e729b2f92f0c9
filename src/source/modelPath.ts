/** Where a path says that the model is. */
export type ModelPath = { scheme: "file"; path: string } | { scheme: "remote"; protocol: string };

/** Tells a path on this machine (`./model.pkl`, `/srv/model.pkl`, `file:///srv/model.pkl`) from one that must be fetched. */
export function parseModelPath(path: string): ModelPath {
  const [, protocol] = /^([a-zA-Z][a-zA-Z0-9+.-]+):\/\//.exec(path) ?? [];
  if (protocol === undefined) return { scheme: "file", path };
  if (protocol === "file") return { scheme: "file", path: decodeURIComponent(new URL(path).pathname) };
  return { scheme: "remote", protocol };
}
