/** What kube-score finds in the manifests, and why it stays. docs/security.md has the same list. */
export const ACCEPTED: Record<string, string> = {
  "container-image-pull-policy": "images are pinned; pulling at every start would need the registry at every restart",
  "container-resources": "CPU has no limit: it would slow a server down while processors are idle",
  "container-security-context-user-group-id": "1000 is the user of MLServer's images, whose home is theirs alone",
  "deployment-replicas": "one pod is the default, as everywhere in Kubernetes; `replicas` asks for more",
  "deployment-has-poddisruptionbudget": "a budget for one pod would keep its node from being maintained",
  "pod-probes-identical": "both ask for the model; liveness has more than three times the patience of readiness",
  "deployment-has-host-podantiaffinity": "Kubernetes' scheduler spreads the pods of a ReplicaSet by default",
  "deployment-targeted-by-hpa-does-not-have-replicas-configured":
    "Pulumi ignores changes of replicas then; left out, a live Deployment would drop to one",
  "pod-networkpolicy": "networkPolicy is asked for by an argument, since it needs to know who calls",
  "service-type": "NodePort is the documented default; a preview warns of it",
};
