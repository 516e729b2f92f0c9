// `npm run test:cluster`: sets everything up and runs the tests on a real Kubernetes (or those that mocha's arguments name).
// A cluster that it started is taken down at the end, one that was up stays up.
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { down, isUp, kubeconfigFile, kubectlFolders, up } from "./cluster.mjs";
import { kubeScore, versitygw } from "./clusterPrograms.mjs";
import { requireKubernetesProvider } from "./kubernetesProvider.mjs";
import { root } from "./root.mjs";
import { main, setUp } from "./setup.mjs";

main(async () => {
  const env = { ...process.env, ...(await setUp()) };
  env.MODELSERVE_TEST_PLUGINS = await requireKubernetesProvider();
  const wasUp = await isUp();
  await up();
  try {
    env.PATH = [env.PATH, await kubectlFolders(), await versitygw(), await kubeScore()].join(":");
    env.KUBECONFIG = await kubeconfigFile();
    env.MODELSERVE_TEST_NODE = addressOfNode(env);
    env.MODELSERVE_TEST_HOST = await addressFrom(env.MODELSERVE_TEST_NODE);
    const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
    const chosen = process.argv.slice(2);
    const args = [mocha, ...(chosen.length > 0 ? chosen : ["test/cluster/**/*.test.ts"])];
    process.exitCode = spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
  } finally {
    if (!wasUp) await down();
  }
});

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
