// kind (https://kind.sigs.k8s.io), which runs a node in a container: the test cluster of those who have it and a running Docker.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runVisibly } from "./progress.mjs";

const NAME = "modelserve";

/** Tests keep volumes here, which the node must see too. */
const VOLUMES = join(tmpdir(), "modelserve-volumes");

const CONFIG = JSON.stringify({
  kind: "Cluster",
  apiVersion: "kind.x-k8s.io/v1alpha4",
  featureGates: { ImageVolume: true },
  nodes: [{ role: "control-plane", extraMounts: [{ hostPath: VOLUMES, containerPath: VOLUMES }] }],
});

export function hasKind() {
  const succeeds = (command, ...args) => spawnSync(command, args, { stdio: "ignore", timeout: 10_000 }).status === 0;
  return succeeds("kind", "version") && succeeds("docker", "info");
}

export async function kindUp(kubeconfig) {
  for (const folder of [VOLUMES, dirname(kubeconfig)]) mkdirSync(folder, { recursive: true });
  const script = `kind create cluster --name ${NAME} --wait 180s --kubeconfig "$1" --config - <<< "$2"`;
  await runVisibly("Starting a cluster with kind", "bash", ["-c", script, "kind", kubeconfig, CONFIG]);
}

export async function kindDown(kubeconfig) {
  const args = ["delete", "cluster", "--name", NAME, "--kubeconfig", kubeconfig];
  await runVisibly("Taking the cluster of kind down", "kind", args);
}
