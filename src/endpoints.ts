import type { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { Service } from "@pulumi/kubernetes/core/v1/service";
import type * as pulumi from "@pulumi/pulumi";

/** What a target gives the component, whatever runs the model. */
export interface Endpoints {
  url: pulumi.Output<string>;
  grpcUrl: pulumi.Output<string>;
  metricsUrl: pulumi.Output<string>;
  /** SHA-256 of the model's content, where it is known before the model is fetched. */
  modelDigest: pulumi.Output<string | undefined>;
  settingsDigest: pulumi.Output<string>;
  state: pulumi.Output<string>;
  /** Where a call reaches the model from the machine on which Pulumi runs; nothing where only a cluster's inside can. */
  callUrl: pulumi.Output<string | undefined>;
  /** Changes when another model is served; what calls are made again for. */
  model: pulumi.Output<string>;
  /** Id of the server process on this machine, by which its log is found. */
  localServer?: pulumi.Output<string | undefined>;
  /** Whether the model is out of service. */
  stopped: boolean;
  /** What only a cluster gives. */
  cluster?: ClusterEndpoints;
}

export interface ClusterEndpoints {
  externalUrl: pulumi.Output<string | undefined>;
  nodePort: pulumi.Output<number | undefined>;
  serviceName: pulumi.Output<string>;
  namespace: pulumi.Output<string>;
  deployment: Deployment;
  service: Service;
}
