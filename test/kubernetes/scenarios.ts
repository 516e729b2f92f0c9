import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../../src";

const DIGEST = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/**
 * Models whose manifests are kept in `manifests/`, one for each way in which manifests differ.
 *
 * @param file a model on this machine.
 */
export function scenarios(file: string): Record<string, ModelServeArgs> {
  return {
    "model-of-this-machine": { kind: "sklearnserve", path: file },

    "object-store-with-keys": {
      kind: "sklearnserve",
      path: "s3://models/iris/model.pkl",
      modelSize: "500Mi",
      modelVersion: "7",
      replicas: 2,
      nodeHost: "node.example.org",
      storage: {
        endpoint: "https://store.example.org:9000",
        region: "eu-south-1",
        accessKeyId: "AKIA",
        secretAccessKey: pulumi.secret("secret-key"),
        caCertificate: CERTIFICATE,
      },
    },

    "object-store-by-identity": {
      kind: "mlflowserve",
      path: "s3://models/diabetes/",
      serviceAccountName: "models",
      serviceType: "ClusterIP",
      serviceName: "diabetes",
      networkPolicy: {},
    },

    "volume-with-requirements": {
      kind: "mlflowserve",
      path: "pvc://models/diabetes",
      installRequirements: true,
      packageIndex: pulumi.secret("https://user:password@packages.example.org/simple"),
      serviceType: "ClusterIP",
    },

    "sample-request": {
      kind: "sklearnserve",
      path: "s3://models/iris/model.pkl",
      serviceAccountName: "models",
      requestTimeoutSeconds: 5,
      smokeTest: {
        request: { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [[5.1, 3.5, 1.4, 0.2]] }] },
        expected: [{ name: "predict", data: [0] }],
      },
    },

    autoscaled: {
      kind: "sklearnserve",
      path: "s3://models/iris/model.pkl",
      storage: { secretName: "store-keys" },
      autoscaling: { minReplicas: 2, maxReplicas: 6, targetCPUUtilizationPercentage: 60 },
      disruptionBudget: { minAvailable: "50%" },
      serviceType: "LoadBalancer",
      networkPolicy: {
        callers: [{ namespaceSelector: { matchLabels: { team: "web" } } }],
        metricsReaders: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [5432] }],
      },
    },

    "gpu-replaced-in-place": {
      kind: "mlflowserve",
      path: "s3://models/forest",
      storage: { anonymous: true },
      image: `registry.example.org/forest@${DIGEST}`,
      resources: { requests: { cpu: "4", memory: "16Gi" }, limits: { memory: "24Gi", "nvidia.com/gpu": "1" } },
      rollout: "replace-in-place",
      runtimeClassName: "nvidia",
      nodeSelector: { "node.kubernetes.io/instance-type": "g5.2xlarge" },
      tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      timeoutSeconds: 1500,
      requestTimeoutSeconds: 120,
      serverSettings: { parallel_workers: 1 },
      serviceType: "ClusterIP",
    },

    "hub-text-on-gpu": {
      kind: "huggingfaceserve",
      path: "hf://acme/chat@0123456789abcdef0123456789abcdef01234567",
      huggingface: {
        task: "text_generation",
        backend: "vllm",
        dtype: "bfloat16",
        maxLength: 8192,
        maxLogLen: 100,
        trustRemoteCode: false,
        args: ["--gpu-memory-utilization=0.8"],
        token: pulumi.secret("hf_token"),
        tokenizerRevision: "v2",
        endpoint: "https://hub.example.org",
      },
      modelSize: "40Gi",
      resources: { requests: { cpu: "4", memory: "32Gi" }, limits: { memory: "48Gi", "nvidia.com/gpu": "1" } },
      serviceType: "ClusterIP",
      networkPolicy: {},
      smokeTest: {
        request: { prompt: "1 + 1 =", max_tokens: 1, temperature: 0 },
        expected: [{ name: "text", data: [" 2"] }],
      },
    },

    "hub-classification": {
      kind: "huggingfaceserve",
      path: "hf://acme/moods@main",
      huggingface: {
        task: "sequence_classification",
        disableLowerCase: true,
        disableSpecialTokens: true,
        returnTokenTypeIds: true,
        returnProbabilities: true,
        disableLogRequests: true,
        tokenSecretName: "hub-token",
      },
      serviceType: "ClusterIP",
      networkPolicy: {},
    },

    openshift: {
      kind: "sklearnserve",
      path: file,
      assignIds: false,
      imageRegistry: "mirror.example.org/docker.io/",
      imagePullSecrets: ["mirror"],
      proxy: {
        httpsProxy: pulumi.secret("http://user:password@proxy.example.org:3128"),
        noProxy: ".svc,.cluster.local",
      },
      serviceType: "ClusterIP",
    },

    "every-parameter-of-the-task": {
      kind: "sklearnserve",
      path: file,
      modelName: "flowers",
      namespace: "models",
      project: "botany",
      uuid: "3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10",
      description: "Classifies flowers.",
      labels: { team: "botany" },
      replicas: 3,
      serviceType: "ClusterIP",
      profile: "batch",
      profiles: { batch: { priorityClassName: "low", resources: { requests: { cpu: "2" } } } },
      resources: { limits: { memory: "2Gi" } },
      nodeSelector: { zone: "a" },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] }],
          },
        },
      },
      tolerations: [{ key: "models", operator: "Exists" }],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { team: "botany" } },
        },
      ],
      envs: [
        { name: "GREETING", value: "hello" },
        { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "DELICATE", value: pulumi.secret("delicate") },
      ],
      secrets: ["existing"],
      secretEnvs: { TOKEN: "token" },
      volumes: [
        { name: "scrap", mountPath: "/scrap", emptyDir: { sizeLimit: "1Gi" } },
        {
          name: "words",
          mountPath: "/words/greeting",
          subPath: "greeting",
          readOnly: true,
          configMap: { name: "words" },
        },
        { name: "keys", mountPath: "/keys", readOnly: true, secret: { secretName: "existing" } },
        { name: "disk", mountPath: "/disk", persistentVolumeClaim: { claimName: "disk" } },
        {
          name: "cheap",
          mountPath: "/cheap",
          ephemeral: {
            volumeClaimTemplate: {
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
            },
          },
        },
        { name: "data", mountPath: "/data", image: { reference: "registry.example.org/data:1" } },
      ],
      podAnnotations: { "example.org/contact": "botanists" },
      podLabels: { tier: "gold" },
      podSecurityContext: { supplementalGroups: [2000] },
      drainSeconds: 30,
    },
  };
}
