import type { ModelServeArgs } from "../args";
import { isLater } from "../later";
import { flavours } from "../serving/plan";
import { parseModelPath } from "../source/modelPath";

/** What a reviewer should know about arguments that are not wrong. */
export function warnings({ kind, path, serviceType = "NodePort", networkPolicy, image }: ModelServeArgs): string[] {
  const found: string[] = [];
  if (serviceType !== "ClusterIP" && networkPolicy === undefined) {
    const server = flavours[kind].server === undefined ? "MLServer" : "the server";
    found.push(
      `serviceType ${serviceType} without networkPolicy opens ${server} to all who reach the nodes, its repository API included, by which anybody can unload the model. Give networkPolicy, or use serviceType ClusterIP.`,
    );
  }
  if (typeof image === "string" && !isLater(image) && !isPinned(image)) {
    found.push(`image ${image} has neither tag nor digest: what runs can change from pod to pod. Pin it.`);
  }
  const hub = isLater(path) ? undefined : parseModelPath(path as string);
  if (hub?.scheme === "hf" && !/^[0-9a-f]{40}$/.test(hub.revision ?? ""))
    found.push(
      `path hf://${hub.repo} names ${hub.revision === undefined ? "no commit" : `the commit ${hub.revision} by a name that can move`}: each new pod fetches what is there then, so pods may differ. Give hf://${hub.repo}@COMMIT, whose 40 digits fetch-model's log and the Hub tell.`,
    );
  return found;
}

function isPinned(image: string): boolean {
  return /@sha256:|:[^/]+$/.test(image);
}
