import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "./args";

/**
 * The function as the DigitalHub platform records it: the whole record, or its key alone when `embedded` is false.
 * Follows the Function entity of `digitalhub-core` (kind, metadata, spec).
 */
export function definition(name: string, args: ModelServeArgs): pulumi.Output<any> {
  const project = args.project ?? pulumi.getProject();
  const { kind, path, uuid, description, labels, embedded = true } = args;
  const key = pulumi
    .all([project, uuid])
    .apply(([project, id]) => `store://${project}/function/${kind}/${name}${id ? `:${id}` : ""}`);
  if (!embedded) return key;
  return pulumi.output({
    id: uuid,
    key,
    kind,
    name,
    project,
    metadata: {
      name,
      project,
      description,
      labels: labels && pulumi.output(labels).apply((all) => Object.entries(all).map(([k, v]) => `${k}:${v}`)),
    },
    spec: { path, model_name: args.modelName, image: args.image },
  });
}
