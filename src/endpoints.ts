import type { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { Service } from "@pulumi/kubernetes/core/v1/service";
import type * as pulumi from "@pulumi/pulumi";
import type { Lifted } from "./lifted";
import type { Access } from "./readiness/cluster";

/** What a target gives the component, whatever runs the model. */
export interface Endpoints {
  url: pulumi.Output<string>;
  /** None where the server has no gRPC. */
  grpcUrl: pulumi.Output<string> | undefined;
  metricsUrl: pulumi.Output<string>;
  /** SHA-256 of the model's content, where it is known before the model is fetched. */
  modelDigest: pulumi.Input<string> | undefined;
  settingsDigest: pulumi.Input<string>;
  state: pulumi.Output<string>;
  /** Where a call reaches the model, once it serves: on this machine, or inside of its cluster. */
  callUrl: () => pulumi.Output<string>;
  /** Changes when another model is served; what calls are made again for. */
  model: pulumi.Input<string>;
  /** Id of the server process on this machine, by which its log is found. */
  localServer?: pulumi.Output<string | undefined>;
  /** Whether the model is out of service. */
  stopped: boolean;
  /** What only a cluster gives. */
  cluster?: ClusterEndpoints;
}

export interface ClusterEndpoints {
  externalUrl: pulumi.Output<string | undefined> | undefined;
  nodePort: pulumi.Output<number | undefined> | undefined;
  serviceName: pulumi.Output<string>;
  namespace: pulumi.Input<string>;
  deployment: Deployment;
  service: Service;
  /** How calls get through the API server; nothing where no kubeconfig is sure to be that of the cluster. */
  access: Lifted<Access> | undefined;
}
