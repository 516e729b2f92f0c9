import type { types } from "@pulumi/kubernetes";
import type { Selector } from "./labels";
import type { PodServer } from "./podServer";
import { PORTS } from "./ports";

/** What calls the model. Port names and protocols tell service meshes and gateways what they carry. */
export function service(
  metadata: types.input.meta.v1.ObjectMeta,
  selector: Selector,
  type: "ClusterIP" | "NodePort" | "LoadBalancer",
  { grpc }: PodServer["ports"],
): types.input.core.v1.Service {
  const ports = [
    { name: "http", port: PORTS.http, targetPort: "http", appProtocol: "http" },
    ...(grpc ? [{ name: "grpc", port: PORTS.grpc, targetPort: "grpc", appProtocol: "kubernetes.io/h2c" }] : []),
  ];
  return { metadata, spec: { type, selector: { ...selector }, ports } };
}

/** Metrics stay in the cluster, whatever the type of the Service for requests. */
export function metricsService(
  metadata: types.input.meta.v1.ObjectMeta,
  selector: Selector,
  { metrics }: PodServer["ports"],
): types.input.core.v1.Service {
  const ports = [
    { name: "metrics", port: PORTS.metrics, targetPort: metrics ? "metrics" : "http", appProtocol: "http" },
  ];
  return { metadata, spec: { type: "ClusterIP", selector: { ...selector }, ports } };
}
