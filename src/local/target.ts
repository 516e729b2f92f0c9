import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import type { Endpoints } from "../endpoints";
import type { Computed } from "../lifted";
import { sampleOf } from "../serving/smokeTest";
import { LocalServer } from "./localServer";

/** Serves the model as a process on this machine. */
export function serveLocally(
  name: string,
  args: ModelServeArgs,
  modelName: Computed<string>,
  urn: pulumi.Input<string>,
  parent: pulumi.Resource,
): Endpoints {
  const { kind, path, modelVersion, implementation, sha256, port, envs, packageIndex, serverSettings, huggingface } =
    args;
  const server = new LocalServer(
    name,
    {
      component: urn,
      kind,
      path,
      modelName,
      modelVersion,
      implementation,
      sha256,
      port,
      envs: envs?.map(({ name, value = "" }) => ({ name, value })),
      packageIndex,
      serverSettings,
      huggingface,
      extraRequirements: args.requirements,
      allowVersionSkew: args.allowVersionSkew ?? false,
      sample: args.smokeTest && sampleOf(args.smokeTest, args.requestTimeoutSeconds),
      stopped: args.stopped ?? false,
      timeoutSeconds: args.timeoutSeconds ?? 600,
      drainSeconds: args.drainSeconds ?? 15,
    },
    { parent },
  );
  // Ports are known in a preview, but nothing listens there before the first update: the URL waits for the server's id.
  const at = (scheme: string, port: "http" | "grpc" | "metrics", path = "") =>
    pulumi.all([server.ports, server.id]).apply(([ports]) => `${scheme}127.0.0.1:${ports[port]}${path}`);
  const url = at("http://", "http");
  return {
    url,
    grpcUrl: at("grpc://", "grpc"),
    metricsUrl: at("http://", "metrics", "/metrics"),
    modelDigest: server.modelDigest,
    model: server.modelDigest,
    callUrl: () => url,
    settingsDigest: server.settingsDigest,
    state: server.state,
    localServer: server.process.apply((process) => process?.server),
    stopped: args.stopped ?? false,
  };
}
