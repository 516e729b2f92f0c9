// The programs of the test cluster, each built once from the modules that its folder in cluster/ pins.
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { goBuild } from "./goBuild.mjs";
import { root } from "./root.mjs";

const KUBERNETES = "1.34.4";
const KUBERNETES_PROGRAMS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
];
const CONTAINERD_PROGRAMS = ["containerd", "containerd-shim-runc-v2", "ctr"];

export function kubernetes() {
  const version = "k8s.io/component-base/version";
  const [major, minor] = KUBERNETES.split(".");
  const stamps = [`gitVersion=v${KUBERNETES}`, `gitMajor=${major}`, `gitMinor=${minor}`, "gitTreeState=clean"];
  const flags = `-s -w ${stamps.map((stamp) => `-X ${version}.${stamp}`).join(" ")}`;
  return build("kubernetes", `Kubernetes ${KUBERNETES} (about 5 minutes, once)`, {
    targets: [["-tags", "grpcnotrace", "-ldflags", flags, "."]],
    finish: (folder) => {
      for (const name of KUBERNETES_PROGRAMS) symlinkSync("kubernetes", join(folder, name));
    },
  });
}

export function containerd() {
  return build("containerd", "containerd", {
    targets: CONTAINERD_PROGRAMS.map((name) => stripped(`github.com/containerd/containerd/v2/cmd/${name}`)),
  });
}

export function coredns() {
  return build("coredns", "CoreDNS", { targets: [stripped(".")] });
}

/** The S3 server beside the cluster. */
export function versitygw() {
  return build("versitygw", "versitygw, an S3 server", {
    targets: [stripped("github.com/versity/versitygw/cmd/versitygw")],
  });
}

/** What fetches models, for the image of the fetch container. */
export function rclone() {
  return build("rclone", "rclone (about 4 minutes, once)", { targets: [stripped("github.com/rclone/rclone")] });
}

/** Judges the manifests. */
export function kubeScore() {
  return build("kube-score", "kube-score", { targets: [stripped("github.com/zegl/kube-score/cmd/kube-score")] });
}

function stripped(target) {
  return ["-ldflags", "-s -w", target];
}

function build(folder, what, more) {
  return goBuild({ name: `cluster-${folder}`, what, source: join(root, "cluster", folder), ...more });
}
