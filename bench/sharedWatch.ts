import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Wanted } from "../src/readiness/wait";
import { apply, ClusterStack, kubectl } from "../test/cluster/clusterStack";
import { wantedOf } from "../test/cluster/deployments";
import { type Row, row } from "./measure";
import type { Cost } from "./waitForAll";

const COUNTS = [1, 10, 50];

/** What it costs to wait for several models of a namespace at once, over a watch of its own for each of them. */
export async function sharedWatch(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of COUNTS) {
    const [shared, single] = [await costOf(count, "shared"), await costOf(count, "single")];
    const what = `a wait for ${count === 1 ? "1 model" : `${count} models`}`;
    rows.push({
      ...row(`API requests of ${what}`, "a watch for each", [shared.requests], [single.requests]),
      unit: "",
    });
    rows.push({ ...row(`memory of ${what}`, "a watch for each", [shared.memory], [single.memory]), unit: "MiB" });
  }
  return rows;
}

/** Models whose pods do nothing, and are made only when a process waits for all of them. */
async function costOf(count: number, mode: "shared" | "single"): Promise<Cost> {
  const stack = await new ClusterStack("").init();
  const { namespace } = stack;
  try {
    const names = Array.from({ length: count }, (_, index) => `model-${index}`);
    await apply({ apiVersion: "v1", kind: "List", items: names.map((name) => idle(namespace, name)) });
    const wanted = await Promise.all(names.map((name) => wantedOf(namespace, name)));
    return await waitForAll(wanted, mode, () =>
      kubectl("--namespace", namespace, "rollout", "resume", ...names.map((name) => `deployment/${name}`)),
    );
  } finally {
    await stack.remove();
  }
}

/** Waits in a process of its own, which says when it waits for all, and at the end what that cost. */
function waitForAll(wanted: Wanted[], mode: string, start: () => Promise<unknown>): Promise<Cost> {
  const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "waitForAll.ts"), mode], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.send(wanted);
  return new Promise((resolve, reject) => {
    child.on("message", (message: Cost | "waiting") =>
      message === "waiting" ? start().catch(reject) : resolve(message),
    );
    child.on("exit", () => reject(new Error("the process that waits has ended")));
  });
}

function idle(namespace: string, name: string) {
  const labels = { "app.kubernetes.io/name": "modelserve", "app.kubernetes.io/instance": name };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const pod = { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
  const container = { name: "server", image: "registry.k8s.io/pause:3.10", securityContext };
  const spec = { securityContext: pod, containers: [container], terminationGracePeriodSeconds: 0 };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: { paused: true, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}
