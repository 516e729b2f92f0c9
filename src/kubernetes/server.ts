import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import { type Computed, compute } from "../lifted";
import { environmentOf } from "./environment";
import { type Common, SCRIPTS_MOUNT } from "./initContainers";
import { MODELS, type ModelSource, placeOf } from "./modelSource";
import { probes } from "./probes";
import { SCRIPTS } from "./scripts";
import { PORTS, SETTINGS } from "./settingsConfigMap";
import { SMOKE_TEST_MOUNT } from "./smokeTest";
import type { Times } from "./times";

const SERVE = `${SCRIPTS}/serve.py`;

type Container = types.input.core.v1.Container;

/** MLServer, by `serve.py`: the image's own start script would activate an environment out of the model. */
export function server(
  common: Common,
  args: {
    image: Input<string>;
    source: ModelSource;
    readyPath: Input<string>;
    /** Command of the sample request, if there is one. */
    smokeTest?: Input<string>[];
    times: Computed<Times>;
    resources: Container["resources"];
    envFrom: Container["envFrom"];
    mounts: types.input.core.v1.VolumeMount[];
  },
): Container {
  return {
    name: "server",
    image: args.image,
    command: ["python", SERVE, SETTINGS],
    env: environmentOf("server", common.environment),
    envFrom: args.envFrom,
    ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
    resources: args.resources,
    ...probes(args.readyPath, args.times, args.smokeTest),
    lifecycle: {
      preStop: { exec: { command: ["python", "-I", SERVE, "--part", compute(args.times.preStopSeconds, String)] } },
    },
    securityContext: common.securityContext,
    volumeMounts: [
      { name: "settings", mountPath: SETTINGS, readOnly: true },
      SCRIPTS_MOUNT,
      { name: "model", mountPath: MODELS, readOnly: true },
      ...placeOf(args.source).serverMounts,
      ...common.mounts,
      ...args.mounts,
      ...(args.smokeTest === undefined ? [] : [SMOKE_TEST_MOUNT]),
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}
