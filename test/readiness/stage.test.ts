import assert from "node:assert/strict";
import { STAGES, stageOf } from "../../src/readiness/stage";
import { at, backsOff, ended, pod, runs, runsAgain, SERVES, statusOf, unscheduled, waits } from "./objects";

const stage = (status: ReturnType<typeof at>) => stageOf(pod(status));
const PULLS = waits("ErrImagePull", "rpc error: code = NotFound");

describe("the stage of a pod", () => {
  it("begins before it has a node, or any status", () => {
    assert.equal(stage({}), "waiting for a node");
    assert.equal(stage(unscheduled("0/1 nodes are available: 1 Insufficient cpu.")), "waiting for a node");
  });

  it("follows its containers in their order to the model that serves", () => {
    const way = [
      {},
      at("fetch-model", waits("PodInitializing")),
      at("fetch-model", runs()),
      at("prepare-model", runs()),
      at("server", runs()),
      SERVES,
    ];
    assert.deepEqual(way.map(stage), [...STAGES]);
  });

  it("is starting while the first container cannot be", () => {
    assert.equal(stage(at("fetch-model", PULLS)), "starting");
    assert.equal(stage(at("fetch-model", waits("CreateContainerConfigError"))), "starting");
  });

  it("never goes back while the image of a later container is pulled", () => {
    assert.ok(STAGES.indexOf(stage(at("prepare-model", PULLS))) >= STAGES.indexOf("fetching model"));
    assert.ok(STAGES.indexOf(stage(at("server", waits("PodInitializing")))) >= STAGES.indexOf("preparing model"));
  });

  it("of a container that failed is where it failed, whether it waits, or runs again", () => {
    for (const state of [ended(1), backsOff(2, 1), runsAgain(1, 1)]) {
      assert.equal(stage(at("fetch-model", state)), "fetching model");
      assert.equal(stage(at("prepare-model", state)), "preparing model");
      assert.equal(stage(at("server", state)), "loading");
    }
  });

  it("of a server whose model is loaded, and not ready any more, is loading", () => {
    assert.equal(stage(at("server", { ...runs(), started: true })), "loading");
  });

  it("is starting while init containers that others add run", () => {
    const status = at("fetch-model", waits("PodInitializing"));
    status.initContainerStatuses?.unshift(statusOf("istio-init", runs()));
    assert.equal(stage(status), "starting");
  });

  it("does not stop at a sidecar, which runs on", () => {
    for (const [container, expected] of [
      ["fetch-model", "fetching model"],
      ["server", "loading"],
    ] as const) {
      const sidecar = pod(at(container, runs()));
      sidecar.spec = { containers: [], initContainers: [{ name: "istio-proxy", restartPolicy: "Always" }] };
      sidecar.status?.initContainerStatuses?.unshift(
        statusOf("istio-proxy", { ...runs(), started: true, ready: true }),
      );
      assert.equal(stageOf(sidecar), expected);
    }
  });
});
