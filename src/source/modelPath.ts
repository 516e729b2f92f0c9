import { fileURLToPath } from "node:url";

/** Where a path says that the model is. */
export type ModelPath =
  | { scheme: "file"; path: string }
  | { scheme: "remote"; protocol: string }
  | { scheme: "none"; reason: string };

/** Tells a path on this machine (`./model.pkl`, `/srv/model.pkl`, `file:///srv/model.pkl`) from one that must be fetched. */
export function parseModelPath(path: string): ModelPath {
  const [, protocol] = /^([a-zA-Z][a-zA-Z0-9+.-]+):\/\//.exec(path) ?? [];
  if (protocol === undefined) return { scheme: "file", path };
  if (protocol.toLowerCase() !== "file") return { scheme: "remote", protocol };
  try {
    return { scheme: "file", path: fileURLToPath(path) };
  } catch (error) {
    return {
      scheme: "none",
      reason: `It is not the URL of a file (file:///absolute/path): ${(error as Error).message}.`,
    };
  }
}
