import assert from "node:assert/strict";
import type { ModelServeArgs, ProfileArgs } from "../../src";
import { checkProfile, withProfile } from "../../src/kubernetes/profile";

const ARGS: ModelServeArgs = { kind: "sklearnserve", path: "s3://models/iris", profile: "batch" };
const emptyDir = {};
const batch: ProfileArgs = {
  replicas: 2,
  serviceType: "ClusterIP",
  priorityClassName: "low",
  nodeSelector: { pool: "batch", zone: "a" },
  tolerations: [{ key: "batch", operator: "Exists" }],
  resources: { requests: { cpu: "2", memory: "2Gi" }, limits: { memory: "4Gi" } },
  volumes: [{ name: "cache", mountPath: "/cache", emptyDir }],
};

describe("a profile", () => {
  it("fills in what the user left out", () => {
    const { profile: _, ...filled } = withProfile(ARGS, { batch });
    assert.deepEqual(filled, { kind: ARGS.kind, path: ARGS.path, ...batch });
  });

  it("gives way to the user: label by label, amount by amount, and with all the volumes of both", () => {
    const { nodeSelector, resources, volumes, replicas, tolerations } = withProfile(
      {
        ...ARGS,
        replicas: 5,
        tolerations: [],
        nodeSelector: { zone: "b" },
        resources: { requests: { cpu: "8" }, limits: { "nvidia.com/gpu": "1" } },
        volumes: [{ name: "own", mountPath: "/own", emptyDir }],
      },
      { batch },
    );
    assert.deepEqual(nodeSelector, { pool: "batch", zone: "b" });
    assert.deepEqual(resources, {
      requests: { cpu: "8", memory: "2Gi" },
      limits: { memory: "4Gi", "nvidia.com/gpu": "1" },
    });
    assert.deepEqual(
      volumes?.map(({ name }) => name),
      ["cache", "own"],
    );
    assert.deepEqual([replicas, tolerations], [5, []]);
  });

  it("is refused, with the known ones, when there is none of its name", () => {
    assert.deepEqual(checkProfile("batch", { batch }), []);
    assert.deepEqual(checkProfile("gpu", { batch, small: {} }), [
      { argument: "profile", reason: 'There is no profile "gpu". There are "batch", "small".' },
    ]);
    assert.match(
      checkProfile("gpu", {})[0]?.reason ?? "",
      /There are none: give `profiles`, or .*`modelserve:profiles`/,
    );
  });
});
