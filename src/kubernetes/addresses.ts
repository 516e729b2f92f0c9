import type { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { PORTS } from "./ports";

type Access = Pick<ModelServeArgs, "serviceType" | "nodeHost">;

/** Namespace of a Service: what the user, else the provider, else Kubernetes says. */
export function namespaceOf(service: Service, given?: pulumi.Input<string>): pulumi.Input<string> {
  if (given !== undefined) return given;
  return pulumi.all([service.metadata.namespace, service.id]).apply(([namespace]) => namespace ?? "default");
}

/** Name of a Service in the cluster's DNS. A preview shows a name that Pulumi will not use, so this waits for the id. */
export function hostOf(service: Service, namespace: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi
    .all([service.metadata.name, namespace, service.id])
    .apply(([name, namespace]) => `${name}.${namespace}.svc`);
}

/**
 * Where the Service is reached from outside; a load balancer's address is known when it has one.
 *
 * @param waitedFor the load balancer's address, where the waiter waits for it.
 */
export function externalUrl(
  service: Service,
  { serviceType, nodeHost }: Access,
  waitedFor?: pulumi.Output<string | undefined>,
): pulumi.Output<string | undefined> | undefined {
  if (serviceType === "LoadBalancer" && waitedFor) return waitedFor.apply((address) => url(address, PORTS.http));
  if (serviceType === "LoadBalancer") {
    return service.status.apply((status) => {
      const [address] = status?.loadBalancer?.ingress ?? [];
      return url(address?.hostname ?? address?.ip, PORTS.http);
    });
  }
  const port = nodePort(service, { serviceType });
  if (nodeHost === undefined || port === undefined) return undefined;
  return pulumi.all([nodeHost, port]).apply(([host, port]) => url(host, port));
}

/** The port for HTTP at every node. Before the Service is made all its ports are known but this, so it waits for the id. */
export function nodePort(
  service: Service,
  { serviceType = "NodePort" }: Access,
): pulumi.Output<number | undefined> | undefined {
  if (serviceType === "ClusterIP") return undefined;
  return pulumi
    .all([service.spec.ports, service.id])
    .apply(([ports]) => ports?.find(({ name }) => name === "http")?.nodePort);
}

function url(host: string | undefined, port: number | undefined): string | undefined {
  return host === undefined || port === undefined ? undefined : `http://${host}:${port}`;
}
