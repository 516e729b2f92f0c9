import { show } from "../rules";
import { Kind } from "../serving/kind";
import { parseModelPath } from "../source/modelPath";
import type { Fields } from "./fields";
import { hubPath } from "./huggingface";

/** The part of the model that a run names stands in place of the function's path, which it must begin with. */
export function modelPath(
  kind: Kind,
  spec: Fields,
  serving: Fields,
  resolve: ((key: string) => string | undefined) | undefined,
): string {
  const [whole, part] = [spec.text("path"), serving.text("path")];
  if (whole === undefined && part === undefined) spec.refused("path", "model path is missing or invalid");
  if (whole && part && !part.toLowerCase().startsWith(whole.toLowerCase()))
    serving.refused("path", `invalid path override ${show(part)}, must be subpath of function path ${show(whole)}`);
  const given = part ?? whole ?? "";
  const path = given.startsWith("store://") ? resolve?.(given) : given;
  if (path === undefined) {
    spec.refused("path", `Only the platform knows where ${show(given)} is. Say it by \`resolve\`.`);
    return given;
  }
  if (path !== given) spec.converted("path", `${show(given)} is ${show(path)}, by \`resolve\`.`);
  const unzipped = path.replace(/^zip\+/, "");
  if (unzipped !== path) spec.converted("path", "An archive is unpacked by its ending, .zip, without `zip+`.");
  const plain = hubPath(unzipped, spec);
  const parsed = parseModelPath(plain);
  if (parsed.scheme === "remote")
    spec.refused("path", `Models cannot be fetched from ${parsed.protocol}:// yet: ${show(path)}.`);
  if (kind === Kind.MlflowServe && /(^|\/)MLmodel$/.test(plain)) {
    spec.converted("path", "It is the folder of the MLmodel file.");
    return plain.replace(/\/?MLmodel$/, "") || ".";
  }
  return plain;
}
