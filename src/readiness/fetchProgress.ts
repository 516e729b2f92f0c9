import type { Cluster } from "./cluster";
import { followLog } from "./containerLog";
import type { V1Pod } from "./objects";

/**
 * Follows what the fetch containers of pods write of their progress, each once, and keeps the percents by the pods' ids.
 * Where logs may not be read there are none.
 */
export function followFetch(cluster: Cluster, pods: V1Pod[], percents: Map<string, number>, tell: () => void): void {
  for (const { metadata, status } of pods) {
    const { uid = "", name = "", namespace = "" } = metadata ?? {};
    const fetch = status?.initContainerStatuses?.find((container) => container.name === "fetch-model");
    if (!fetch?.state?.running || percents.has(uid)) continue;
    percents.set(uid, 0);
    const hear = (chunk: unknown) => {
      const percent = [...String(chunk).matchAll(/, (\d+)%,/g)].at(-1)?.[1];
      if (percent === undefined) return;
      percents.set(uid, Number(percent));
      tell();
    };
    followLog(cluster, { namespace, pod: name, container: "fetch-model" }, {}).then(
      (log) => log.on("data", hear),
      () => {}, // it may not be read
    );
  }
}
