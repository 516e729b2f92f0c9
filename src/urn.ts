import * as pulumi from "@pulumi/pulumi";

/**
 * The URN of a component: at once for one of the program itself, whose URN's parts are known, else when its parent's is
 * known. A plain promise then: as an output of a component it would make its children wait for each other.
 * https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
 *
 * @param type token of the component, such as `modelserve:index:ModelServe`.
 */
export function urnOf(
  resource: pulumi.Resource,
  type: string,
  name: string,
  opts: pulumi.ComponentResourceOptions = {},
): string | Promise<string> {
  if (opts.parent === undefined) return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${type}::${name}`;
  return new Promise((resolve) => resource.urn.apply(resolve));
}
