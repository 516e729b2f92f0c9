import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Computed } from "../lifted";
import { environmentOf } from "./environment";
import { type Common, SCRIPTS_MOUNT } from "./initContainers";
import { MODELS, type ModelSource, placeOf } from "./modelSource";
import type { PodServer } from "./podServer";
import { probes } from "./probes";
import { SMOKE_TEST_MOUNT } from "./smokeTest";
import type { Times } from "./times";

type Container = types.input.core.v1.Container;

/** The container that serves the model. */
export function server(
  common: Common,
  args: {
    image: Input<string>;
    program: PodServer;
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
  const { program } = args;
  return {
    name: "server",
    image: args.image,
    command: program.command,
    env: environmentOf("server", common.environment),
    envFrom: args.envFrom,
    ports: Object.entries(program.ports).map(([name, containerPort]) => ({ name, containerPort })),
    resources: args.resources,
    ...probes(args.readyPath, args.times, args.smokeTest),
    lifecycle: {
      preStop: { exec: { command: program.preStop } },
    },
    securityContext: common.securityContext,
    volumeMounts: [
      ...program.mounts,
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
