import type { ModelServeArgs } from "../args";
import { isLater } from "../later";

/** What a reviewer should know about arguments that are not wrong. */
export function warnings({ serviceType = "NodePort", networkPolicy, image }: ModelServeArgs): string[] {
  const found: string[] = [];
  if (serviceType !== "ClusterIP" && networkPolicy === undefined) {
    found.push(
      `serviceType ${serviceType} without networkPolicy opens MLServer to all who reach the nodes, its repository API included, by which anybody can unload the model. Give networkPolicy, or use serviceType ClusterIP.`,
    );
  }
  if (typeof image === "string" && !isLater(image) && !isPinned(image)) {
    found.push(`image ${image} has neither tag nor digest: what runs can change from pod to pod. Pin it.`);
  }
  return found;
}

function isPinned(image: string): boolean {
  return /@sha256:|:[^/]+$/.test(image);
}
