// The cluster for tests and benchmarks: up while work is done, with the environment variables by which it is found.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { down, isUp, kubeconfigFile, kubectlFolders, up } from "./cluster.mjs";
import { kubeScore, versitygw } from "./clusterPrograms.mjs";
import { requireKubernetesProvider } from "./kubernetesProvider.mjs";

/** Does work with a cluster. One that it started is taken down at the end, one that was up stays up. */
export async function withCluster(variables, work) {
  const env = { ...variables, MODELSERVE_TEST_PLUGINS: await requireKubernetesProvider() };
  const wasUp = await isUp();
  await up();
  try {
    env.PATH = [env.PATH, await kubectlFolders(), await versitygw(), await kubeScore()].join(":");
    env.KUBECONFIG = await kubeconfigFile();
    env.MODELSERVE_TEST_NODE = addressOfNode(env);
    env.MODELSERVE_TEST_HOST = await addressFrom(env.MODELSERVE_TEST_NODE);
    return await work(env);
  } finally {
    if (!wasUp) await down();
  }
}

/** Address of a node, at which its ports are reached from here. */
function addressOfNode(env) {
  const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  return execFileSync("kubectl", ["get", "nodes", "--output", `jsonpath=${path}`], { env, encoding: "utf8" });
}

/** Address of this machine as the node, and so pods, reach it: the one from which packets to it would go. */
function addressFrom(node) {
  const socket = createSocket("udp4");
  return new Promise((resolve) =>
    socket.connect(9, node, () => {
      resolve(socket.address().address);
      socket.close();
    }),
  );
}
