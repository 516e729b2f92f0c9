import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";

/** How Kubernetes publishes the model's Service. */
export const ServiceType = {
  ClusterIP: "ClusterIP",
  NodePort: "NodePort",
  LoadBalancer: "LoadBalancer",
} as const;

export type ServiceType = (typeof ServiceType)[keyof typeof ServiceType];

/** How new pods take over from old ones. */
export const Rollout = {
  /** A new pod is ready before an old one ends: no request is lost, and one more pod is needed meanwhile. */
  SurgeFirst: "surge-first",
  /** An old pod ends before a new one starts, where there is no room, or no GPU, for one more. */
  ReplaceInPlace: "replace-in-place",
} as const;

export type Rollout = (typeof Rollout)[keyof typeof Rollout];

/** What becomes of an update whose pods do not serve. */
export const OnFailure = {
  /** They stay, to be looked at, beside the old ones, which serve on. */
  Keep: "keep",
  /** The Deployment goes back to the pods that served last, which frees what the new ones hold; the next update takes the new ones up again. */
  Undo: "undo",
} as const;

export type OnFailure = (typeof OnFailure)[keyof typeof OnFailure];

/** Access to the store of an `s3://` model. Only the container that fetches the model gets it. */
export interface StorageArgs {
  /** URL of the store, for one that is not Amazon's. Default: Amazon S3. */
  endpoint?: Input<string>;
  /** Region of the bucket. Default: `us-east-1`. */
  region?: Input<string>;
  /** Whether the bucket is part of the path of URLs, and not of the host's name. Default: true with `endpoint`, else false. */
  pathStyle?: Input<boolean>;
  /** Certificates of authorities in PEM, which all containers of the pod then trust in place of those of their images. Default: the images' own. */
  caCertificate?: Input<string>;
  /** Name of an existing Secret in the namespace, with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: none; the pod's identity is used (`serviceAccountName`). */
  secretName?: Input<string>;
  /** Access key, put into a generated Secret, together with `secretAccessKey`. Default: none. */
  accessKeyId?: Input<string>;
  /** Secret key of `accessKeyId`. Kept as a secret in the state. Default: none. */
  secretAccessKey?: Input<string>;
  /** Session token of temporary keys. On a cluster only with `sessionExpires`: pods that start after it fail. Default: none. */
  sessionToken?: Input<string>;
  /** When the temporary keys end, in ISO 8601, to say that you accept it. Default: none. */
  sessionExpires?: Input<string>;
  /** Whether to ask without any keys, for public buckets. Default: false. */
  anonymous?: boolean;
}

/** How containers get out of the cluster; names as in OpenShift's Proxy. */
export interface ProxyArgs {
  /** Proxy for http URLs (HTTP_PROXY). Default: none. */
  httpProxy?: Input<string>;
  /** Proxy for https URLs (HTTPS_PROXY). Default: none. */
  httpsProxy?: Input<string>;
  /** Hosts and domains that are reached without a proxy, separated by commas (NO_PROXY). Default: none. */
  noProxy?: Input<string>;
}

/** A volume of the pod, and where the server sees it: a Kubernetes volume source together with its mount. */
export interface VolumeArgs {
  /** Name of the volume in the pod. */
  name: string;
  /** Where the server sees it: an absolute path outside of /tmp, of what serving has in /mnt, and for Hugging Face models of /dev/shm. */
  mountPath: Input<string>;
  /** Path within the volume. Default: its root. */
  subPath?: Input<string>;
  /** Whether the server may only read it. Default: false. */
  readOnly?: Input<boolean>;
  /** A claim in the namespace. */
  persistentVolumeClaim?: types.input.core.v1.PersistentVolumeClaimVolumeSource;
  /** A folder that lives as long as the pod. */
  emptyDir?: types.input.core.v1.EmptyDirVolumeSource;
  /** The entries of a ConfigMap, as files. */
  configMap?: types.input.core.v1.ConfigMapVolumeSource;
  /** The entries of a Secret, as files. */
  secret?: types.input.core.v1.SecretVolumeSource;
  /** A claim that is made for each pod. */
  ephemeral?: types.input.core.v1.EphemeralVolumeSource;
  /** An OCI image or artifact. */
  image?: types.input.core.v1.ImageVolumeSource;
}

/** Pods by the load of their processors (a HorizontalPodAutoscaler). */
export interface AutoscalingArgs {
  /** Least number of pods, from 1. Default: `replicas`, else 1. */
  minReplicas?: Input<number>;
  /** Greatest number of pods. Required. */
  maxReplicas: Input<number>;
  /** Average load, in percent of the CPU request, that is aimed at. Default: 80. */
  targetCPUUtilizationPercentage?: Input<number>;
  /** Seconds for which a lower load must last before pods end. Default: 300. */
  scaleDownStabilizationSeconds?: Input<number>;
}

/** How many pods the maintenance of nodes must leave (a PodDisruptionBudget): one of the two. */
export interface DisruptionBudgetArgs {
  /** Pods that must stay, as a number or in percent. */
  minAvailable?: Input<string>;
  /** Pods that may end at a time, as a number or in percent. */
  maxUnavailable?: Input<string>;
}

/** Who may reach the pods, and whom they may reach (a NetworkPolicy). */
export interface NetworkPolicyArgs {
  /** Who may call the model, over HTTP and gRPC. Default: the pods of the namespace. */
  callers?: types.input.networking.v1.NetworkPolicyPeer[];
  /** Who may read the metrics. Default: as `callers`. */
  metricsReaders?: types.input.networking.v1.NetworkPolicyPeer[];
  /** Whom the pods may reach beside DNS and the model's store. Default: nobody. */
  egress?: EgressArgs[];
}

/** Peers that the pods may reach. */
export interface EgressArgs {
  /** Who is reached. Default: everybody. */
  to?: types.input.networking.v1.NetworkPolicyPeer[];
  /** TCP ports. Default: all. */
  ports?: Input<number>[];
}

/** Whether, and with which kubeconfig, an update waits until the model serves. */
export interface ReadinessArgs {
  /** Whether to wait until the model serves, and to say why when it does not; else Pulumi's own wait is left. Default: true, unless the component has a provider of its own and `kubeconfig` is not given. */
  enabled?: boolean;
  /** Kubeconfig of the cluster, its content or its file. Kept as a secret in the state. Default: `kubernetes:kubeconfig` of the stack's configuration, else the one that kubectl uses. */
  kubeconfig?: Input<string>;
  /** Context in the kubeconfig. Default: `kubernetes:context` of the stack's configuration, else the current one. */
  context?: Input<string>;
}

/** A named template of cluster settings: its values fill in what the user left out. */
export interface ProfileArgs {
  /** As `resources` of ModelServe, amount by amount. */
  resources?: types.input.core.v1.ResourceRequirements;
  /** As `nodeSelector` of ModelServe, label by label. */
  nodeSelector?: Record<string, Input<string>>;
  /** As `affinity` of ModelServe. */
  affinity?: types.input.core.v1.Affinity;
  /** As `tolerations` of ModelServe. */
  tolerations?: types.input.core.v1.Toleration[];
  /** As `volumes` of ModelServe, before them. */
  volumes?: VolumeArgs[];
  /** As `priorityClassName` of ModelServe. */
  priorityClassName?: Input<string>;
  /** As `runtimeClassName` of ModelServe. */
  runtimeClassName?: Input<string>;
  /** As `replicas` of ModelServe. */
  replicas?: Input<number>;
  /** As `serviceType` of ModelServe. */
  serviceType?: ServiceType;
}
