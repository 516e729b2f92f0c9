import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import type { Computed } from "../lifted";
import { flavours } from "../serving/plan";
import type { EnvironmentVariable } from "./environment";
import { huggingfaceServer } from "./huggingfaceServer";
import { mlserver } from "./mlserver";
import type { Times } from "./times";

/** The program that serves the model in a pod, and what it needs there. */
export interface PodServer {
  /** Its image, without a registry. */
  image: string;
  /** Its Python module, which an image of the user must have as well. */
  module: string;
  command: Input<string>[];
  /** Runs before it is told to end, and lets clients part from it. */
  preStop: Input<string>[];
  /** Names of its settings files. */
  settingsFiles: string[];
  /** Those files. */
  settings: Computed<Record<string, string>>;
  /** Names all of its settings in one short value, so that a preview shows whether they change. */
  settingsDigest: Computed<string>;
  /** Container ports by their names. Metrics are at the port for HTTP where they have none of their own. */
  ports: { http: number; grpc?: number; metrics?: number };
  variables: EnvironmentVariable[];
  volumes: types.input.core.v1.Volume[];
  mounts: types.input.core.v1.VolumeMount[];
}

/** What the server follows from. */
export interface ServerFacts {
  modelName: Computed<string>;
  times: Computed<Times>;
}

export function podServer(args: ModelServeArgs, facts: ServerFacts): PodServer {
  return flavours[args.kind].server === "huggingfaceserver" ? huggingfaceServer(args, facts) : mlserver(args, facts);
}
