import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../../src";
import { warnings } from "../../src/kubernetes/warnings";

const QUIET: ModelServeArgs = { kind: "sklearnserve", path: "s3://models/iris", serviceType: "ClusterIP" };

const hub = (path: string): Partial<ModelServeArgs> => ({
  kind: "huggingfaceserve",
  path,
  huggingface: { task: "fill_mask" },
});

describe("the warnings of a preview", () => {
  const CASES: [string, Partial<ModelServeArgs>, RegExp | undefined][] = [
    ["nothing, when all is well", {}, undefined],
    ["a Service that opens the server, by default", { serviceType: undefined }, /serviceType NodePort without/],
    ["a load balancer that does", { serviceType: "LoadBalancer" }, /serviceType LoadBalancer without networkPolicy/],
    ["nothing, when a policy says who calls", { serviceType: "NodePort", networkPolicy: {} }, undefined],
    ["an image that is not pinned", { image: "registry.example.org:5000/mlserver" }, /neither tag nor digest.*Pin it/],
    ["nothing, of a tag", { image: "registry.example.org:5000/mlserver:1" }, undefined],
    ["nothing, of a digest", { image: `mlserver@sha256:${"0".repeat(64)}` }, undefined],
    [
      "a model of the Hub without a commit",
      hub("hf://acme/words"),
      /path hf:\/\/acme\/words names no commit: each new pod/,
    ],
    ["one by a name that can move", hub("hf://acme/words@main"), /the commit main by a name that can move/],
    ["nothing, of a commit", hub(`hf://acme/words@${"0".repeat(40)}`), undefined],
    ["nothing, of an image that is known later", { image: pulumi.output("mlserver") }, undefined],
  ];
  for (const [what, change, expected] of CASES) {
    it(`tell of ${what}`, () => {
      const found = warnings({ ...QUIET, ...change });
      if (expected) assert.match(found.join(), expected);
      assert.equal(found.length, expected ? 1 : 0);
    });
  }
});
