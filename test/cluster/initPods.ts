import type { ModelServeArgs } from "../../src";
import { type Manifest, only, render } from "../kubernetes/render";
import { until } from "../until";
import { apply, kubectl } from "./clusterStack";

/** How an init container of a pod ended. */
export interface Ended {
  name: string;
  exitCode: number;
  /** What Kubernetes shows as the reason. */
  message: string;
}

/**
 * Runs the init containers of models, all at once, in pods that end with the first failure and whose server does nothing.
 *
 * @param twice models whose init containers do their work a second time, as after a restart.
 * @returns for each model how its init containers ended, up to the first that failed.
 */
export async function runInitContainers(
  namespace: string,
  models: Record<string, ModelServeArgs>,
  twice: string[] = [],
): Promise<Record<string, Ended[]>> {
  const objects: unknown[] = [];
  for (const [name, args] of Object.entries(models))
    objects.push(...idle(name, await render(args, name), twice.includes(name)));
  await apply({
    apiVersion: "v1",
    kind: "List",
    items: objects.map((object) => placed(object as Manifest, namespace)),
  });
  const results: Record<string, Ended[]> = {};
  for (const name of Object.keys(models)) results[name] = await ends(namespace, name);
  return results;
}

/** The objects of a model with a pod in place of its Deployment. */
function idle(name: string, objects: Manifest[], twice: boolean): unknown[] {
  const { spec } = only(objects, "Deployment").spec.template;
  if (twice)
    for (const container of spec.initContainers) {
      const command = container.command.join(" ");
      container.command = ["sh", "-c", `${command} && ${command}`];
    }
  const [{ name: server, securityContext }] = spec.containers;
  const containers = [{ name: server, image: "registry.k8s.io/pause:3.10", securityContext }];
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { ...spec, containers, restartPolicy: "Never" },
  };
  return [...objects.filter(({ kind }) => ["ConfigMap", "Secret"].includes(kind)), pod];
}

function placed(object: Manifest, namespace: string): unknown {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

async function ends(namespace: string, pod: string): Promise<Ended[]> {
  let ended: Ended[] = [];
  await until(async () => {
    const { status } = JSON.parse(await kubectl("--namespace", namespace, "get", "pod", pod, "--output", "json"));
    const containers: any[] = status.initContainerStatuses ?? [];
    ended = containers.flatMap(({ name, state: { terminated } }) =>
      terminated ? [{ name, exitCode: terminated.exitCode, message: terminated.message?.trim() ?? "" }] : [],
    );
    const failed = ended.some(({ exitCode }) => exitCode !== 0);
    return failed || (containers.length > 0 && ended.length === containers.length);
  });
  return ended;
}
