import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Cluster } from "../../src/readiness/cluster";
import { snapshot } from "../../src/readiness/snapshot";
import { Unseen } from "../../src/readiness/unseen";
import { kubeconfig } from "../kubeconfig";

const TARGET = { namespace: "models", deployment: "iris", uid: "d" };
const APPS = "/apis/apps/v1/namespaces/models";
const CORE = "/api/v1/namespaces/models";

const owned = (uid: string, owner: string, fields: object = {}) => ({
  metadata: { name: uid, namespace: "models", uid, ownerReferences: [{ uid: owner }], ...fields },
});
const revision = (number: number) => ({ annotations: { "deployment.kubernetes.io/revision": String(number) } });
const replicaSet = (uid: string, number: number) => owned(uid, "d", revision(number));
const pod = (uid: string, owner: string, status: object) => ({ ...owned(uid, owner), status });
const READY = { conditions: [{ type: "Ready", status: "True" }] };
const SCHEDULED = [{ type: "PodScheduled", status: "True" }];
const crashed = (restartCount: number) => ({
  conditions: SCHEDULED,
  containerStatuses: [
    {
      name: "server",
      restartCount,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 1, reason: "Error" } },
    },
  ],
});
const deployment = ({ replicas = 1, conditions = [] as object[], annotations = {} } = {}) => ({
  metadata: {
    name: "iris",
    uid: "d",
    generation: 2,
    annotations: { ...revision(2).annotations, ...annotations },
  },
  spec: { replicas, selector: { matchLabels: { app: "iris" } } },
  status: { observedGeneration: 2, conditions },
});

describe("a look at a model on a cluster", () => {
  let server: Server;
  let cluster: Cluster;
  /** What the API server has, by path; a number refuses with that code. */
  let answers: Record<string, unknown>;

  before(async () => {
    server = createServer((request, response) => {
      const [path = ""] = (request.url ?? "").split("?");
      const answer = answers[path] ?? 404;
      response.statusCode = typeof answer === "number" ? answer : 200;
      response.setHeader("content-type", typeof answer === "string" ? "text/plain" : "application/json");
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    cluster = await Cluster.at({ kubeconfig: kubeconfig(`http://127.0.0.1:${port}`) });
  });
  after(() => server.close());

  function has(object: unknown, replicaSets: object[], pods: object[], more: Record<string, unknown> = {}): void {
    answers = {
      [`${APPS}/deployments/iris`]: object,
      [`${APPS}/replicasets`]: { items: replicaSets },
      [`${CORE}/pods`]: { items: pods },
      [`${CORE}/events`]: { items: [] },
      ...more,
    };
  }

  it("finds it serving, by its newest revision alone", async () => {
    has(deployment(), [replicaSet("r1", 1), replicaSet("r2", 2)], [pod("p", "r2", READY)]);
    const found = await snapshot(cluster, TARGET);
    const pods = [{ name: "p", stage: "serving", restarts: 0 }];
    assert.deepEqual(found, {
      state: "serving",
      wanted: 1,
      revisions: [{ revision: 2, serving: 1, pods }],
      findings: [],
      unread: [],
    });
  });

  it("finds it starting while nothing says that it will not serve", async () => {
    const pods = [pod("p", "r2", { conditions: SCHEDULED }), pod("o", "r1", READY)];
    has(deployment(), [replicaSet("r1", 1), replicaSet("r2", 2)], pods);
    const found = await snapshot(cluster, TARGET);
    assert.equal(found?.state, "starting");
    assert.deepEqual(
      found?.revisions.map(({ revision, serving }) => [revision, serving]),
      [
        [2, 0],
        [1, 1],
      ],
    );
  });

  it("finds it stuck when Kubernetes saw no progress for the time limit, whatever the cause", async () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    has(deployment({ conditions }), [replicaSet("r2", 2)], [pod("p", "r2", { conditions: SCHEDULED })]);
    assert.equal((await snapshot(cluster, TARGET))?.state, "stuck");
  });

  it("finds it stuck by what its container said, once it failed three times", async () => {
    const log = { [`${CORE}/pods/p/log`]: "starting\nno such port\n" };
    has(deployment(), [replicaSet("r2", 2)], [pod("p", "r2", crashed(1))], log);
    assert.equal((await snapshot(cluster, TARGET))?.state, "starting");
    has(deployment(), [replicaSet("r2", 2)], [pod("p", "r2", crashed(2))], log);
    const found = await snapshot(cluster, TARGET);
    assert.equal(found?.state, "stuck");
    assert.deepEqual(found?.findings[0]?.lines, ["starting", "no such port"]);
    assert.equal(found?.revisions[0]?.pods[0]?.restarts, 2);
  });

  it("finds it stuck when its pods were refused three times, which only events count", async () => {
    const message = "pods are not to be made";
    const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }];
    const event = (count: number) => ({ involvedObject: { uid: "r2" }, reason: "FailedCreate", message, count });
    const refusing = { ...replicaSet("r2", 2), status: { replicas: 0, conditions } };
    for (const [count, state] of [[2, "starting"] as const, [3, "stuck"] as const]) {
      has(deployment(), [refusing], [], { [`${CORE}/events`]: { items: [event(count)] } });
      const found = await snapshot(cluster, TARGET);
      assert.deepEqual(
        [found?.state, found?.findings[0]?.cause, found?.findings[0]?.times],
        [state, "pod-refused", count],
      );
    }
  });

  it("explains less without the rights to events and logs", async () => {
    const refused = { [`${CORE}/events`]: 403, [`${CORE}/pods/p/log`]: 403 };
    has(deployment(), [replicaSet("r2", 2)], [pod("p", "r2", crashed(2))], refused);
    const found = await snapshot(cluster, TARGET);
    assert.deepEqual([found?.state, found?.unread], ["stuck", ["events", "pods/log"]]);
    assert.deepEqual([found?.findings[0]?.cause, found?.findings[0]?.lines], ["server-crashes", []]);
  });

  it("finds that an update was undone, once what served before serves again", async () => {
    const annotations = { "modelserve/undone": "r1" };
    has(deployment({ annotations }), [replicaSet("r2", 2)], [pod("p", "r2", READY)]);
    assert.equal((await snapshot(cluster, TARGET))?.state, "undone");
    has(deployment({ annotations }), [replicaSet("r2", 2)], [pod("p", "r2", { conditions: SCHEDULED })]);
    assert.equal((await snapshot(cluster, TARGET))?.state, "starting");
  });

  it("finds it stopped when no pods are wanted", async () => {
    has(deployment({ replicas: 0 }), [replicaSet("r2", 2)], []);
    assert.equal((await snapshot(cluster, TARGET))?.state, "stopped");
  });

  it("finds nothing where there is no Deployment, or another one of its name", async () => {
    has(404, [], []);
    assert.equal(await snapshot(cluster, TARGET), undefined);
    has(deployment(), [], []);
    assert.equal(await snapshot(cluster, { ...TARGET, uid: "other" }), undefined);
  });

  it("fails with the right that is missing", async () => {
    has(deployment(), [], [], { [`${CORE}/pods`]: 403 });
    await assert.rejects(snapshot(cluster, TARGET), (error: Unseen) => {
      assert.equal(error.message, 'the kubeconfig\'s context "test" may not list pods');
      return error instanceof Unseen && error.forbidden;
    });
  });

  it("fails with the words of a cluster that cannot answer", async () => {
    has(503, [], []);
    await assert.rejects(
      snapshot(cluster, TARGET),
      /the cluster at http:\/\/127\.0\.0\.1:\d+ \(.*\) cannot be reached: HTTP-Code: 503/,
    );
  });
});
