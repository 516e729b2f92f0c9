import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Computed } from "../lifted";
import { environmentOf } from "./environment";
import type { Common } from "./initContainers";
import { MODELS, type ModelSource, placeOf } from "./modelSource";
import { probes } from "./probes";
import { PORTS, SETTINGS } from "./settingsConfigMap";
import type { Times } from "./times";

type Container = types.input.core.v1.Container;

/** MLServer, called directly: the image's own start script would activate an environment out of the model. */
export function server(
  common: Common,
  args: {
    image: Input<string>;
    source: ModelSource;
    readyPath: Input<string>;
    times: Computed<Times>;
    resources: Container["resources"];
    envFrom: Container["envFrom"];
    mounts: types.input.core.v1.VolumeMount[];
  },
): Container {
  return {
    name: "server",
    image: args.image,
    command: ["mlserver", "start", SETTINGS],
    env: environmentOf("server", common.environment),
    envFrom: args.envFrom,
    ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
    resources: args.resources,
    ...probes(args.readyPath, args.times),
    lifecycle: { preStop: { sleep: { seconds: args.times.preStopSeconds } } },
    securityContext: common.securityContext,
    volumeMounts: [
      { name: "settings", mountPath: SETTINGS, readOnly: true },
      { name: "model", mountPath: MODELS, readOnly: true },
      ...placeOf(args.source).serverMounts,
      ...common.mounts,
      ...args.mounts,
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}
