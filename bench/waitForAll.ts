// Waits for all models that its parent names, by one access to the cluster ("shared") or one for each ("single").
import { readFileSync } from "node:fs";
import https from "node:https";
import { untilServing, type Wanted } from "../src/readiness/wait";

/** What waiting cost. */
export interface Cost {
  /** To the API server. */
  requests: number;
  /** Most that the process had, in MiB. */
  memory: number;
}

let requests = 0;
const original = https.request;
https.request = ((...args: Parameters<typeof original>) => {
  requests++;
  return original(...args);
}) as typeof original;

process.once("message", async (wanted: Wanted[]) => {
  const kubeconfig = readFileSync(process.env.KUBECONFIG ?? "", "utf8");
  const access = (index: number) => ({
    kubeconfig: process.argv[2] === "single" ? `${kubeconfig}\n# ${index}` : kubeconfig,
  });
  const seen = new Set<string>();
  const waits = wanted.map((each, index) =>
    untilServing(access(index), each, () => {
      if (seen.size < wanted.length && seen.add(each.deployment).size === wanted.length) process.send?.("waiting");
    }),
  );
  await Promise.all(waits);
  process.send?.({ requests, memory: process.resourceUsage().maxRSS / 1024 }, () => process.exit());
});
