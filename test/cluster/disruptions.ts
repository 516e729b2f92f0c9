import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { until } from "../until";
import { type ClusterStack, kubectl } from "./clusterStack";

const execute = promisify(execFile);

/** Waits until as many pods as are wanted are ready, and no other is left. */
export async function untilSettled(stack: ClusterStack): Promise<void> {
  await until(async () => {
    const { spec, status, metadata } = await stack.only("deployments");
    const taken = status.observedGeneration >= metadata.generation;
    const all = await stack.objects("pods");
    return taken && status.readyReplicas === spec.replicas && all.length === spec.replicas;
  });
}

/** Evicts a pod, as the maintenance of a node does: as soon as the budget lets it go. */
export async function evictOne(stack: ClusterStack): Promise<void> {
  const [pod] = await stack.pods();
  const { name, namespace } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const eviction = JSON.stringify({ apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } });
  await until(async () => {
    const child = execute("kubectl", ["create", "--raw", path, "--filename", "-"]);
    child.child.stdin?.end(eviction);
    return child.then(
      () => true,
      (error) => {
        if (!/TooManyRequests|disruption budget/.test(error.stderr)) throw error;
        return false;
      },
    );
  });
  await until(async () => (await stack.pods()).every((each) => each.metadata.name !== name));
  await untilSettled(stack);
}

export async function deleteOne(stack: ClusterStack): Promise<void> {
  const [pod] = await stack.pods();
  await kubectl("--namespace", stack.namespace, "delete", "pod", pod.metadata.name, "--wait=false");
  await until(async () => (await stack.pods()).every((each) => each.metadata.name !== pod.metadata.name));
  await untilSettled(stack);
}
