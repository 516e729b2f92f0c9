import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "./args";
import { portable } from "./componentInputs";
import { compute, computeAll } from "./lifted";

/**
 * The function as the DigitalHub platform records it: the whole record, or its key alone when `embedded` is false.
 * Follows the Function entity of `digitalhub-core` (kind, metadata, spec).
 */
export function definition(name: string, args: ModelServeArgs): pulumi.Input<any> {
  const { kind, path, uuid, description, labels, embedded = true, project = pulumi.getProject() } = args;
  const key = computeAll(
    { project, uuid },
    ({ project, uuid }) => `store://${project}/function/${kind}/${name}${uuid ? `:${uuid}` : ""}`,
  );
  if (!embedded) return key;
  return {
    id: uuid,
    key,
    kind,
    name,
    project,
    metadata: {
      name,
      project,
      description,
      labels: labels && compute(labels as pulumi.Input<Record<string, string>>, labelList),
    },
    spec: { path: compute(portable(path), platformPath), model_name: args.modelName ?? name, image: args.image },
  };
}

/** Labels as the platform has them, in a list: `team:botany` is a key and its value. */
export function labelList(labels: Record<string, string>): string[] {
  return Object.entries(labels).map(([label, value]) => (value === "" ? label : `${label}:${value}`));
}

/** The path as the platform writes it: with the revision of a model of the Hub after a colon. */
export function platformPath<T>(path: T): T | string {
  return typeof path === "string" ? path.replace(/^(hf:\/\/[^@]+)@/, "$1:") : path;
}
