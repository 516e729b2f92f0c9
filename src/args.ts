import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Kind } from "./serving/kind";

/** One environment variable of the server. */
export interface EnvVar {
  /** Name of the variable. */
  name: string;
  /** Its value. A secret stays one in the state. */
  value: Input<string>;
}

/** How Kubernetes publishes the model's Service. */
export const ServiceType = {
  ClusterIP: "ClusterIP",
  NodePort: "NodePort",
  LoadBalancer: "LoadBalancer",
} as const;

export type ServiceType = (typeof ServiceType)[keyof typeof ServiceType];

/**
 * The inputs of a ModelServe. The names are those of the DigitalHub Modelserve runtime in camel case, and Pulumi's and
 * Kubernetes' own beyond it.
 */
export interface ModelServeArgs {
  /** What serves the model: `sklearnserve` (scikit-learn) or `mlflowserve` (MLflow). Required. */
  kind: Kind;
  /**
   * Where the model is. Required. `sklearnserve`: a .pkl, .pickle or .joblib file, or a folder that holds one;
   * `mlflowserve`: the folder that holds the MLmodel file. A relative path starts at the program's folder.
   */
  path: Input<string>;
  /** Name under which the model is served: letters, digits, `.`, `_` and `-`. Default: the resource's name. It must not be secret, since it is part of every URL. */
  modelName?: Input<string>;
  /** Version of the model, given out in answers and in the model's metadata. Default: none. */
  modelVersion?: Input<string>;
  /** Container image of the server. Only on a cluster. */
  image?: Input<string>;
  /** Project to which the function belongs, for `definition`. Default: the Pulumi project. */
  project?: Input<string>;
  /** Id of the function, a UUID of version 4, for `definition`. Default: none. */
  uuid?: Input<string>;
  /** What the function is for, in `definition`. Default: none. */
  description?: Input<string>;
  /** Labels of the function, in `definition`. Default: none. */
  labels?: Record<string, Input<string>>;
  /** Whether the output `definition` holds the function's whole record, or its key alone. Default: true. */
  embedded?: boolean;

  /** Labels that a node must have. Only on a cluster. */
  nodeSelector?: Record<string, Input<string>>;
  /** Volumes of the pod. Only on a cluster. */
  volumes?: types.input.core.v1.Volume[];
  /** CPU, memory and devices of the server. Only on a cluster. */
  resources?: types.input.core.v1.ResourceRequirements;
  /** Rules for the choice of the node. Only on a cluster. */
  affinity?: types.input.core.v1.Affinity;
  /** Taints of nodes that the pod puts up with. Only on a cluster. */
  tolerations?: types.input.core.v1.Toleration[];
  /** Environment variables of the server. They do not override MLServer's settings files. Default: none. */
  envs?: EnvVar[];
  /** Names of existing Secrets whose entries become environment variables. Only on a cluster. */
  secrets?: Input<string>[];
  /** Name of a profile of cluster settings. Only on a cluster. */
  profile?: string;
  /** Number of pods, a whole number from 1. Only on a cluster. */
  replicas?: Input<number>;
  /** How the Service is published. Only on a cluster. */
  serviceType?: ServiceType;
  /** Namespace of all objects. Only on a cluster. */
  namespace?: Input<string>;
  /** Name of the Service. Only on a cluster. */
  serviceName?: Input<string>;
  /** ServiceAccount of the pod. Only on a cluster. */
  serviceAccountName?: Input<string>;

  /** Runs the model as an MLServer process on the machine on which Pulumi runs, without a cluster. Required to be true in this release: serving on Kubernetes is not there yet. */
  localExecution?: boolean;
  /** HTTP port on 127.0.0.1, from 1 to 65535. Only with `localExecution`. Default: a free one from 20000 to 29999 that stays the same at every update. */
  port?: Input<number>;
  /** Whether the model is taken out of service, while its resource stays. Default: false. */
  stopped?: boolean;

  /** SHA-256 that the model's content must have, in hexadecimal; an update to other content is refused. Default: any content. */
  sha256?: Input<string>;
  /**
   * Where the libraries' versions that the model was saved with cannot be installed, serves it with those that MLServer
   * was tested with, and warns, in place of failing. Only with `localExecution`. Default: false.
   */
  allowVersionSkew?: boolean;
  /** Python packages that the model needs beside those that its files name, as pip writes them. Only with `localExecution`. Default: none. */
  requirements?: Input<string>[];
  /** URL of the Python package index to install from. Only with `localExecution`. Default: uv's, which is PyPI unless configured otherwise. */
  packageIndex?: Input<string>;
  /** MLServer's own server settings by their own names, such as `parallel_workers` or `gzip_enabled`; they win over the defaults. Default: none beside `debug` false and `parallel_workers` 0 for light models, else 1. */
  serverSettings?: Record<string, any>;
  /** Time that the server may take from started to its model ready, in seconds. Default: 600. */
  timeoutSeconds?: Input<number>;
  /** Longest that one request may take, in seconds: the time limit of `invoke`. Default: 30. */
  requestTimeoutSeconds?: Input<number>;
  /** Time that the server has for requests under way when it is stopped, in seconds; then it is killed. Default: 15. */
  drainSeconds?: Input<number>;
}
