import type { types } from "@pulumi/kubernetes";
import type { Selector } from "./labels";
import { PORTS } from "./settingsConfigMap";

/** What calls the model. Port names and protocols tell service meshes and gateways what they carry. */
export function service(
  metadata: types.input.meta.v1.ObjectMeta,
  selector: Selector,
  type: "ClusterIP" | "NodePort" | "LoadBalancer",
): types.input.core.v1.Service {
  const ports = [
    { name: "http", port: PORTS.http, targetPort: "http", appProtocol: "http" },
    { name: "grpc", port: PORTS.grpc, targetPort: "grpc", appProtocol: "kubernetes.io/h2c" },
  ];
  return { metadata, spec: { type, selector: { ...selector }, ports } };
}

/** Metrics stay in the cluster, whatever the type of the Service for requests. */
export function metricsService(
  metadata: types.input.meta.v1.ObjectMeta,
  selector: Selector,
): types.input.core.v1.Service {
  const ports = [{ name: "metrics", port: PORTS.metrics, targetPort: "metrics", appProtocol: "http" }];
  return { metadata, spec: { type: "ClusterIP", selector: { ...selector }, ports } };
}
