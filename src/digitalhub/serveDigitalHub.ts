import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { ModelServe } from "../modelServe";
import type { DigitalHubDefinitions } from "./entities";
import { noteLines } from "./fields";
import { type ConversionOptions, fromDigitalHub } from "./fromDigitalHub";

/** How definitions of the platform become resources. */
export interface ServeOptions extends ConversionOptions {
  /** Arguments for all models, which stand in place of those of the definitions: `namespace`, `storage`, …. Default: none. */
  args?: Partial<ModelServeArgs>;
}

/**
 * Serves all models of definitions of the DigitalHub platform, each by a `ModelServe`. A preview tells what is not one to one.
 *
 * @returns the resources by their names.
 * @throws pulumi.ResourceError for what is wrong with a model, Error for what cannot be converted.
 */
export function serveDigitalHub(
  definitions: DigitalHubDefinitions | string,
  { args, ...options }: ServeOptions = {},
  opts?: pulumi.ComponentResourceOptions,
): Record<string, ModelServe> {
  const { models, unused } = fromDigitalHub(definitions, options);
  const served = models.map(({ name, args: own, notes }) => {
    const model = new ModelServe(name, { ...own, ...args }, opts);
    if (pulumi.runtime.isDryRun()) for (const note of noteLines(notes)) pulumi.log.info(note, model);
    return [name, model] as const;
  });
  if (pulumi.runtime.isDryRun())
    for (const { entity, reason } of unused)
      pulumi.log.warn(`${entity.name ?? entity.id ?? entity.kind} is not served: ${reason}`);
  return Object.fromEntries(served);
}
