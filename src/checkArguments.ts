import type { ModelServeArgs } from "./args";
import { check, type Problem } from "./check";
import { checkForm } from "./checkForm";
import type { ProfileArgs } from "./clusterArgs";

/**
 * What is wrong with the arguments of a resource, with their form and the plain values among them, at once: what has
 * another form is left out where values are looked at.
 *
 * @param profiles those that the model can name.
 * @param filled gives the arguments with what their profile fills in. Default: the arguments as they are.
 */
export function checkArguments(
  name: string,
  args: ModelServeArgs,
  profiles: Record<string, ProfileArgs> = {},
  filled = (sound: ModelServeArgs) => sound,
): Problem[] {
  const misshapen = checkForm(args, profiles);
  const names = misshapen.map(({ argument }) => /^\w+/.exec(argument)?.[0]);
  const sound = Object.fromEntries(
    Object.entries(args).filter(([argument]) => !names.includes(argument)),
  ) as unknown as ModelServeArgs;
  const asItIs = sound.localExecution || names.includes("profiles"); // which only a cluster has
  return [...misshapen, ...check(name, asItIs ? sound : filled(sound))];
}
