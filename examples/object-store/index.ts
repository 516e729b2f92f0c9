import * as pulumi from "@pulumi/pulumi";
import { ModelServe } from "modelserve";

const config = new pulumi.Config();

// Where it is served from, and how, differs from stack to stack. On AWS leave endpoint and keys out, and give a
// `serviceAccountName` whose identity may read the bucket.
const digits = new ModelServe("digits", {
  kind: "sklearnserve",
  path: config.require("path"), // s3://bucket/key
  modelSize: "100Mi",
  storage: {
    endpoint: config.get("endpoint"),
    accessKeyId: config.require("accessKeyId"),
    secretAccessKey: config.requireSecret("secretAccessKey"),
  },
  namespace: config.get("namespace"),
  serviceName: "digits",
  serviceType: "ClusterIP",
  networkPolicy: { callers: [{ podSelector: { matchLabels: { role: "web" } } }] },
  resources: { requests: { cpu: "200m" } },
  autoscaling: { minReplicas: 2, maxReplicas: 4, targetCPUUtilizationPercentage: 70 },
});

export const { url, inferUrl, metricsUrl } = digits;
