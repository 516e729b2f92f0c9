import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPolicyArgs } from "../clusterArgs";
import { compute } from "../lifted";
import type { Selector } from "./labels";
import type { ModelSource } from "./modelSource";
import { PORTS } from "./settingsConfigMap";

type Rule = types.input.networking.v1.NetworkPolicyEgressRule;

/** Pods of the same namespace. */
const NEIGHBOURS = [{ podSelector: {} }];

const DNS: Rule = {
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

/** Lets callers in, and pods out to DNS and the model's store alone. The kubelet's probes pass any policy. */
export function networkPolicy(
  metadata: types.input.meta.v1.ObjectMeta,
  selector: Selector,
  { callers = NEIGHBOURS, metricsReaders = callers, egress = [] }: NetworkPolicyArgs,
  store: { source: ModelSource; endpoint?: pulumi.Input<string> },
): types.input.networking.v1.NetworkPolicy {
  return {
    metadata,
    spec: {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: callers, ports: [tcp(PORTS.http), tcp(PORTS.grpc)] },
        { from: metricsReaders, ports: [tcp(PORTS.metrics)] },
      ],
      egress: [
        DNS,
        ...(store.source.from === "store" ? [{ ports: [tcp(storePort(store.endpoint))] }] : []),
        ...egress.map(({ to, ports }) => ({ to, ports: ports?.map(tcp) })),
      ],
    },
  };
}

function tcp(port: pulumi.Input<number>) {
  return { port, protocol: "TCP" };
}

/** A policy knows no host names, so the store is told by its port alone. */
function storePort(endpoint: pulumi.Input<string> = "https://s3.amazonaws.com"): pulumi.Input<number> {
  return compute(endpoint, (url) => {
    const { port, protocol } = new URL(url);
    return Number(port) || (protocol === "http:" ? 80 : 443);
  });
}
