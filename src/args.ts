import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type {
  AutoscalingArgs,
  DisruptionBudgetArgs,
  NetworkPolicyArgs,
  OnFailure,
  ProfileArgs,
  ProxyArgs,
  ReadinessArgs,
  Rollout,
  ServiceType,
  StorageArgs,
  VolumeArgs,
} from "./clusterArgs";
import type { HuggingfaceArgs } from "./huggingface/args";
import type { Kind } from "./serving/kind";

/** One environment variable of the server. */
export interface EnvVar {
  /** Name of the variable. */
  name: string;
  /** Its value. A secret stays one in the state; on a cluster it travels in a Secret. Required unless `valueFrom` is given. */
  value?: Input<string>;
  /** Where Kubernetes takes the value from, such as a key of a Secret or a field of the pod. Only on a cluster. Default: none. */
  valueFrom?: types.input.core.v1.EnvVarSource;
}

/** A sample request that a new server must answer right before it is called by anybody. */
export interface SmokeTestArgs {
  /**
   * An inference request of the Open Inference Protocol:
   * `{ inputs: [{ name: "input-0", shape: [1, 4], datatype: "FP32", data: [[5.1, 3.5, 1.4, 0.2]] }] }`; or one of OpenAI's
   * API for a model that answers in that: `{ prompt: "…", max_tokens: 5 }`, whose answer has the output `text`. Required.
   */
  request: Record<string, any>;
  /** Outputs that the answer must have; it may have others. Default: any, if they have as many values as their shapes say, each of its datatype. */
  expected?: ExpectedOutputArgs[];
  /** By how much a number may differ from the expected one, or by how much of it where that is above 1. Default: 0.001. */
  tolerance?: Input<number>;
}

/** What an output of the answer must be: what is left out may be anything. */
export interface ExpectedOutputArgs {
  /** Name of the output, such as `predict`. Required. */
  name: Input<string>;
  /** Its values, nested or flat. Default: any. */
  data?: any[];
  /** Lengths of its dimensions, such as `[1, 1]`. Default: any. */
  shape?: Input<number>[];
  /** Its datatype in the protocol, such as `INT64`. Default: any. */
  datatype?: Input<string>;
}

/**
 * The inputs of a ModelServe. The names are those of the DigitalHub Modelserve runtime in camel case, and Pulumi's and
 * Kubernetes' own beyond it.
 */
export interface ModelServeArgs {
  /** What serves the model: `sklearnserve`, `mlflowserve`, `xgboostserve`, `lightgbmserve`, `catboostserve`, `huggingfaceserve` or `customserve`. Required. */
  kind: Kind;
  /**
   * Where the model is. Required. `mlflowserve`: the folder that holds the MLmodel file; `huggingfaceserve`: the folder
   * that holds the config.json file; `customserve`: a folder; other kinds: the model's file, or a folder that holds one. A
   * relative path starts at the program's folder. On a cluster also `s3://bucket/key`, `pvc://claim/path` and, for
   * `huggingfaceserve`, `hf://org/repo@revision`; a model on this machine may have 700 KiB compressed there.
   */
  path: Input<string>;
  /** Name under which the model is served: letters, digits, `.`, `_` and `-`. Default: the resource's name. It must not be secret, since it is part of every URL. */
  modelName?: Input<string>;
  /** Version of the model, given out in answers and in the model's metadata. Default: none. */
  modelVersion?: Input<string>;
  /**
   * Python class that serves the model, such as `my_package.MyModel`: a subclass of MLServer's `MLModel`, of a package
   * (`requirements`, on a cluster `image`) or of a module in the model's folder. Required for `customserve`, and for it alone.
   */
  implementation?: Input<string>;
  /** How a Hugging Face model is loaded and asked. Only for `huggingfaceserve`. Default: as its files say. */
  huggingface?: HuggingfaceArgs;
  /**
   * Container image of the server, by tag or digest; `python` must be on its PATH, with MLServer, or for
   * `huggingfaceserve` KServe's Hugging Face server, in it. Only on a cluster. Default: MLServer's own for the kind, such as
   * `seldonio/mlserver:1.7.1-sklearn`; for `huggingfaceserve` `kserve/huggingfaceserver:v0.20.0`, with `-gpu` where
   * `resources` ask for one of NVIDIA's.
   */
  image?: Input<string>;
  /** Project to which the function belongs, for `definition`; on a cluster also an annotation. Default: the Pulumi project. */
  project?: Input<string>;
  /** Id of the function, a UUID of version 4, for `definition`; on a cluster also an annotation. Default: none. */
  uuid?: Input<string>;
  /** What the function is for, for `definition`; on a cluster also an annotation. Default: none. */
  description?: Input<string>;
  /** Labels of the function, for `definition`; on a cluster also of all objects. Default: none. */
  labels?: Record<string, Input<string>>;
  /** Whether the output `definition` holds the function's whole record, or its key alone. Default: true. */
  embedded?: boolean;

  /** Labels that a node must have. Only on a cluster. Default: `kubernetes.io/arch: amd64` with the default image, which is made for that alone. */
  nodeSelector?: Record<string, Input<string>>;
  /** Volumes of the server. Only on a cluster. Default: none. */
  volumes?: VolumeArgs[];
  /**
   * CPU, memory and devices of the server. Only on a cluster. Default: requests of 250m CPU and 512Mi memory, limited to
   * 1Gi; for `mlflowserve` 500m and 1Gi, limited to 2Gi; for `huggingfaceserve` 1 and 2Gi, limited to 4Gi.
   */
  resources?: types.input.core.v1.ResourceRequirements;
  /** Rules for the choice of the node. Only on a cluster. Default: none. */
  affinity?: types.input.core.v1.Affinity;
  /** Taints of nodes that the pod puts up with. Only on a cluster. Default: none. */
  tolerations?: types.input.core.v1.Toleration[];
  /** Environment variables of the server. They do not override MLServer's settings files. Default: none. */
  envs?: EnvVar[];
  /** Names of existing Secrets in the namespace whose entries become environment variables of the server. Only on a cluster. Default: none. */
  secrets?: Input<string>[];
  /** Environment variables of the server that travel in a generated Secret. Only on a cluster. Default: none. */
  secretEnvs?: Record<string, Input<string>>;
  /** Name of a profile, from `profiles` or from the stack's configuration `modelserve:profiles`. Only on a cluster. Default: none. */
  profile?: string;
  /** Profiles by name, beside those of the stack's configuration. Only on a cluster. Default: none. */
  profiles?: Record<string, ProfileArgs>;
  /** Number of pods, a whole number from 1. Only on a cluster. Default: Kubernetes' 1 at first; later what the Deployment has. */
  replicas?: Input<number>;
  /** How the Service is published. Only on a cluster. Default: `NodePort`. */
  serviceType?: ServiceType;
  /** Namespace of all objects. Only on a cluster. Default: the provider's, which is `default` unless configured. */
  namespace?: Input<string>;
  /** Name of the Service, for a DNS name that never changes. Only on a cluster. Default: the resource's name and a random suffix. */
  serviceName?: Input<string>;
  /** ServiceAccount of the pod, whose cloud identity fetches the model. Its token is not mounted. Only on a cluster. Default: the namespace's `default`. */
  serviceAccountName?: Input<string>;
  /** Host name or address of a node, for the output `externalUrl` of a NodePort Service. Only on a cluster. Default: none. */
  nodeHost?: Input<string>;
  /** Registry, and path in it, from which all images come that are not the user's own, such as `registry.example.com/mirror`. Only on a cluster. Default: Docker Hub. */
  imageRegistry?: Input<string>;
  /** Names of Secrets with which images are pulled. Only on a cluster. Default: none. */
  imagePullSecrets?: Input<string>[];
  /** Whether user and group ids are set; false leaves them to the platform, as OpenShift wants it. Only on a cluster. Default: true. */
  assignIds?: boolean;
  /** Merged over the pod's security context, which passes the `restricted` Pod Security Standard. Only on a cluster. Default: none. */
  podSecurityContext?: types.input.core.v1.PodSecurityContext;
  /** Merged over the security context of every container. Only on a cluster. Default: none. */
  securityContext?: types.input.core.v1.SecurityContext;
  /** Priority of the pods. Only on a cluster. Default: the cluster's. */
  priorityClassName?: Input<string>;
  /** Container runtime of the pods. Only on a cluster. Default: the cluster's. */
  runtimeClassName?: Input<string>;
  /** Annotations of the pods. Only on a cluster. Default: none. */
  podAnnotations?: Record<string, Input<string>>;
  /** Labels of the pods. Only on a cluster. Default: none. */
  podLabels?: Record<string, Input<string>>;
  /** How pods spread over nodes and zones. Only on a cluster. Default: the cluster's. */
  topologySpreadConstraints?: types.input.core.v1.TopologySpreadConstraint[];
  /** How new pods take over from old ones: `surge-first` or `replace-in-place`. Only on a cluster. Default: `surge-first`. */
  rollout?: Rollout;
  /** Pods by load. Only on a cluster. Default: none. */
  autoscaling?: AutoscalingArgs;
  /** Pods that maintenance must leave. Only on a cluster. Default: at most one may end at a time where `replicas` is more than one. */
  disruptionBudget?: DisruptionBudgetArgs;
  /** Who may reach the pods, and whom they may reach. Only on a cluster. Default: no policy. */
  networkPolicy?: NetworkPolicyArgs;

  /** Access to the store of an `s3://` model. Only on a cluster. Default: the pod's identity. */
  storage?: StorageArgs;
  /** Room for the model in the pod, as a Kubernetes quantity. Only on a cluster. Default: `2Gi`; for `huggingfaceserve` `10Gi`. */
  modelSize?: Input<string>;
  /** Image of the container that fetches the model from an object store; `sh` and `rclone` must be on its PATH. Only on a cluster. Default: `rclone/rclone:1.76.0`. */
  fetchImage?: Input<string>;
  /** CPU and memory of the containers that fetch and prepare the model. Only on a cluster. Default: requests of 100m and 128Mi, a limit of 1Gi. */
  fetchResources?: types.input.core.v1.ResourceRequirements;
  /** How the pod's containers get out of the cluster. Only on a cluster. Default: directly. */
  proxy?: ProxyArgs;
  /** How an update waits until the model serves. Only on a cluster. Default: by the kubeconfig that Pulumi uses. */
  readiness?: ReadinessArgs;
  /** What becomes of new pods that do not serve: `keep` or `undo`, which needs the waiter (`readiness`). Only on a cluster. Default: `keep`. */
  onFailure?: OnFailure;

  /** Runs the model as an MLServer process on the machine on which Pulumi runs, without a cluster. Default: false: it is served on Kubernetes. */
  localExecution?: boolean;
  /** HTTP port on 127.0.0.1, from 1 to 65535. Only with `localExecution`. Default: a free one from 20000 to 29999 that stays the same at every update. */
  port?: Input<number>;
  /** Whether the model is taken out of service, while its resource stays, on a cluster with all objects but the pods: address and settings are the same again afterwards. Default: false. */
  stopped?: boolean;

  /** SHA-256 that the model's content must have, in hexadecimal; an update to other content is refused. Default: any content. */
  sha256?: Input<string>;
  /**
   * Where the libraries' versions that the model was saved with cannot be installed, or are not those of the image, serves
   * it with those that MLServer was tested with, and warns, in place of failing. Default: false.
   */
  allowVersionSkew?: boolean;
  /** Python packages that the model needs beside those that its files name, or in place of them, as pip writes them. Only with `localExecution`. Default: none. */
  requirements?: Input<string>[];
  /**
   * Whether packages that the files of a model ask for and the image lacks altogether are installed when a pod starts,
   * from wheels and beside the image's own versions. For `mlflowserve` and `customserve`. Only on a cluster. Default: false.
   */
  installRequirements?: boolean;
  /** URL of the Python package index to install from; with a password in it, make it a secret. On a cluster only with `installRequirements`. Default: PyPI, unless uv or the image's pip is configured otherwise. */
  packageIndex?: Input<string>;
  /** MLServer's own server settings by their own names, such as `parallel_workers` or `gzip_enabled`; they win over the defaults. Default: none beside `debug` false and `parallel_workers` 0 for light models, else 1. */
  serverSettings?: Record<string, any>;
  /** Time that the server, on a cluster its pod, may take from started to its model ready, in seconds. Default: 600. */
  timeoutSeconds?: Input<number>;
  /** Longest that one request may take, in seconds: the time limit of `invoke`, and on a cluster of probes and of the pod's end. Default: 30. */
  requestTimeoutSeconds?: Input<number>;
  /**
   * A sample request, and what its answer must be. A new server takes no requests before it has answered that right, and an
   * update whose server answers wrong fails with the difference while the old one goes on serving. Default: none.
   */
  smokeTest?: SmokeTestArgs;
  /** Time that the server has for requests under way when it is stopped, in seconds; then it is killed. On a cluster, time for which a pod serves on after it was taken out of the Service. Default: 15. */
  drainSeconds?: Input<number>;
}
