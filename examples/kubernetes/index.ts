import * as pulumi from "@pulumi/pulumi";
import { ModelServe } from "modelserve";

const config = new pulumi.Config();

// A model of up to 700 KiB travels to the cluster in a ConfigMap. The cluster is that of the kubeconfig in use, unless the
// stack's configuration `kubernetes:context` says otherwise.
const iris = new ModelServe("iris", {
  kind: "sklearnserve",
  path: "./model/model.pkl",
  namespace: config.get("namespace"),
  serviceType: "ClusterIP",
});

export const url = iris.url; // in the cluster
export const digest = iris.modelDigest;
