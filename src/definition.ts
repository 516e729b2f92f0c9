import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "./args";
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
  const listed = labels && compute(labels, (all) => Object.entries(all).map(([label, value]) => `${label}:${value}`));
  return {
    id: uuid,
    key,
    kind,
    name,
    project,
    metadata: { name, project, description, labels: listed },
    spec: { path, model_name: args.modelName, image: args.image },
  };
}
