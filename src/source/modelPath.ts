import { fileURLToPath } from "node:url";

/** Where a path says that the model is. */
export type ModelPath =
  | { scheme: "file"; path: string }
  | { scheme: "s3"; bucket: string; key: string }
  | { scheme: "pvc"; claim: string; path: string }
  | { scheme: "hf"; repo: string; revision?: string }
  | { scheme: "remote"; protocol: string }
  | { scheme: "none"; reason: string };

/**
 * Tells a path on this machine (`./model.pkl`, `/srv/model.pkl`, `file:///srv/model.pkl`) from those of an object store
 * (`s3://bucket/key`), of a volume (`pvc://claim/path`) and of the Hugging Face Hub (`hf://org/repo@revision`), and from
 * others that must be fetched.
 */
export function parseModelPath(path: string): ModelPath {
  const [, protocol, rest = ""] = /^([a-zA-Z][a-zA-Z0-9+.-]+):\/\/(.*)$/s.exec(path) ?? [];
  if (protocol === undefined) return { scheme: "file", path };
  const [, first = "", more = ""] = /^([^/]*)\/*(.*?)\/*$/s.exec(rest) ?? [];
  switch (protocol.toLowerCase()) {
    case "file":
      return filePath(path);
    case "s3":
      return BUCKET.test(first)
        ? { scheme: "s3", bucket: first, key: more }
        : { scheme: "none", reason: "It names no bucket: expected s3://bucket/key." };
    case "pvc":
      if (!CLAIM.test(first)) return { scheme: "none", reason: "It names no claim: expected pvc://claim/path." };
      return more.split("/").includes("..")
        ? { scheme: "none", reason: "It leads out of the volume by `..`." }
        : { scheme: "pvc", claim: first, path: more };
    case "hf":
    case "huggingface":
      return hubPath(rest);
    default:
      return { scheme: "remote", protocol };
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and older names with `_` and capitals. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
const CLAIM = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** https://huggingface.co/docs/huggingface_hub (`validate_repo_id`), and a branch, tag or commit. */
const REPO = /^((?:[A-Za-z0-9][\w.-]*\/)?[A-Za-z0-9][\w.-]*)\/?(?:@([^\s@]+))?$/;

function hubPath(rest: string): ModelPath {
  const [, repo, revision] = REPO.exec(rest) ?? [];
  if (repo === undefined || repo.length > 96)
    return { scheme: "none", reason: "It names no model of the Hugging Face Hub: expected hf://org/repo@revision." };
  return { scheme: "hf", repo, revision };
}

function filePath(path: string): ModelPath {
  try {
    return { scheme: "file", path: fileURLToPath(path) };
  } catch (error) {
    return {
      scheme: "none",
      reason: `It is not the URL of a file (file:///absolute/path): ${(error as Error).message}.`,
    };
  }
}
