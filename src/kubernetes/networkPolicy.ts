import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkPolicyArgs } from "../clusterArgs";
import { compute } from "../lifted";
import type { Selector } from "./labels";
import { isFetched, type ModelSource } from "./modelSource";
import type { PodServer } from "./podServer";

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
  { http, grpc, metrics = http }: PodServer["ports"],
  store: { source: ModelSource; endpoint?: pulumi.Input<string> },
): types.input.networking.v1.NetworkPolicy {
  return {
    metadata,
    spec: {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: callers, ports: [tcp(http), ...(grpc ? [tcp(grpc)] : [])] },
        { from: metricsReaders, ports: [tcp(metrics)] },
      ],
      egress: [
        DNS,
        ...(isFetched(store.source) ? [{ ports: [tcp(storePort(store.endpoint))] }] : []),
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
