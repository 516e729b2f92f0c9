import type { ModelServeArgs } from "../args";
import { isLater } from "../later";

/** Names of the devices that the server asks for, such as `nvidia.com/gpu`. */
export function devices(resources: ModelServeArgs["resources"]): string[] {
  const amounts = (group: unknown) => (group === undefined || group === null || isLater(group) ? {} : group);
  const names = [resources?.limits, resources?.requests].flatMap((group) => Object.keys(amounts(group)));
  return [...new Set(names)].filter((name) => /\/(gpu|mig-|tpu|neuron)/.test(name));
}

/** Those of NVIDIA. */
export function gpus(resources: ModelServeArgs["resources"]): string[] {
  return devices(resources).filter((name) => name.startsWith("nvidia.com/"));
}
