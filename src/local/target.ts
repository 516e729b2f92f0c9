import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { LocalServer } from "./localServer";

/** What a target gives the component, whatever runs the model. */
export interface Endpoints {
  url: pulumi.Output<string>;
  grpcUrl: pulumi.Output<string>;
  metricsUrl: pulumi.Output<string>;
  modelDigest: pulumi.Output<string>;
  settingsDigest: pulumi.Output<string>;
  state: pulumi.Output<string>;
  /** Id of the server process on this machine, by which its log is found. */
  localServer?: pulumi.Output<string | undefined>;
  /** Whether the model is out of service. */
  stopped: boolean;
}

/** Serves the model as a process on this machine. */
export function serveLocally(
  name: string,
  args: ModelServeArgs,
  modelName: pulumi.Output<string>,
  parent: pulumi.Resource,
): Endpoints {
  const { kind, path, modelVersion, sha256, port, envs, packageIndex, serverSettings } = args;
  const server = new LocalServer(
    name,
    {
      component: urnOf(parent),
      kind,
      path,
      modelName,
      modelVersion,
      sha256,
      port,
      envs,
      packageIndex,
      serverSettings,
      extraRequirements: args.requirements,
      allowVersionSkew: args.allowVersionSkew ?? false,
      stopped: args.stopped ?? false,
      timeoutSeconds: args.timeoutSeconds ?? 600,
      drainSeconds: args.drainSeconds ?? 15,
    },
    { parent },
  );
  // Ports are known in a preview, but nothing listens there before the first update: the URL waits for the server's id.
  const at = (scheme: string, port: "http" | "grpc" | "metrics", path = "") =>
    pulumi.all([server.ports, server.id]).apply(([ports]) => `${scheme}127.0.0.1:${ports[port]}${path}`);
  return {
    url: at("http://", "http"),
    grpcUrl: at("grpc://", "grpc"),
    metricsUrl: at("http://", "metrics", "/metrics"),
    modelDigest: server.modelDigest,
    settingsDigest: server.settingsDigest,
    state: server.state,
    localServer: server.process.apply((process) => process?.server),
    stopped: args.stopped ?? false,
  };
}

/** The URN as a plain promise: as an output it would make the server wait for its siblings, of which calls wait for it. */
function urnOf(resource: pulumi.Resource): Promise<string> {
  return new Promise((resolve) => resource.urn.apply(resolve));
}
