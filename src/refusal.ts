import { type Resource, ResourceError } from "@pulumi/pulumi";

/**
 * An error of which Pulumi shows the message alone. It has no stack to hide: the SDK formats each stack, also hidden ones,
 * and Node 20 takes 20 s over one that names `node_modules/@pulumi/output.ts`, as those of rejected outputs do.
 */
export function refusal(message: string, resource?: Resource): ResourceError {
  const error = new ResourceError(message, resource, true);
  error.stack = undefined;
  return error;
}
