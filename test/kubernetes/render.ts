import * as runtime from "@pulumi/pulumi/runtime";
import { ModelServe, type ModelServeArgs } from "../../src";

/** An object of the cluster as the component asks for it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: any;
}

/** The objects of a model on a mock engine, in the order of kinds and names. As Pulumi does, it names those without a name. */
export async function render(args: ModelServeArgs, name = "iris"): Promise<Manifest[]> {
  const objects: Manifest[] = [];
  const newResource = ({ type, name, inputs }: runtime.MockResourceArgs) => {
    if (!type.startsWith("kubernetes:")) return { id: `${name}-id`, state: inputs };
    const manifest = revealed(inputs) as Manifest;
    manifest.metadata = { ...manifest.metadata, name: manifest.metadata.name ?? `${name}-12345678` };
    objects.push(manifest);
    return { id: `default/${manifest.metadata.name}`, state: manifest };
  };
  runtime.setMocks({ newResource, call: () => ({}) } as runtime.Mocks, "project", "stack", false);
  new ModelServe(name, args);
  await (runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs(); // not in the SDK's types
  const key = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
  return objects.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The one object of a kind. */
export function only(objects: Manifest[], kind: string): Manifest {
  const [found, ...more] = objects.filter((object) => object.kind === kind);
  if (!found || more.length > 0) throw new Error(`${more.length + 1} objects of kind ${kind}`);
  return found;
}

/** The values without the marks by which secrets travel. */
function revealed(value: unknown): unknown {
  const open = runtime.unwrapRpcSecret(value);
  if (Array.isArray(open)) return open.map(revealed);
  if (open === null || typeof open !== "object") return open;
  return Object.fromEntries(Object.entries(open).map(([key, item]) => [key, revealed(item)]));
}
