import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelServeArgs } from "../../src";
import { CAUSES, type Cause } from "../../src/readiness/causes";
import { only } from "../kubernetes/render";
import { type Expected, request, train } from "../models";
import { Account, PODS_ALONE } from "./account";
import { certificate } from "./certificate";
import { apply, ClusterStack, HOST, kubectl } from "./clusterStack";
import { type Outcome, outcomeOf, type Trial, tryOut, wantedOf } from "./deployments";
import { Recorder } from "./recorder";
import { Store } from "./store";

/** For causes that pass by themselves: how long is waited here, no longer than those take that repeat. */
const SHORT = 60;

/** What people read of each cause that is provoked here. */
const SAYS: Record<string, RegExp> = {
  "pod-security": /violates PodSecurity "restricted:latest"/,
  "admission-denied": /such pods are refused/,
  "service-account-missing": /serviceaccount "nobody" not found/,
  quota: /exceeded quota: limits/,
  "limit-range": /maximum memory usage per Container is 10Gi, but limit is 20Gi/,
  unschedulable: /Insufficient cpu/,
  "volume-pending": /persistentvolumeclaim "no-such-claim" not found/,
  "invalid-image-name": /couldn't parse image name/,
  "image-network": /registry\.example\.invalid/,
  "program-missing": /executable file not found in \$PATH|exec: /,
  "secret-missing": /secret "no-such-secret" not found/,
  "configmap-missing": /configmap "no-such-map" not found/,
  mount: /secret "no-such" not found/,
  "out-of-memory": /OOMKilled/,
  "no-bucket": /there is no such bucket/,
  "no-object": /There is no object at or below s3:\/\/models\/no-such-model/,
  "model-too-large": /model is .*, modelSize is 100/,
  "wrong-keys": /SignatureDoesNotMatch/,
  "wrong-region": /AuthorizationHeaderMalformed/,
  "store-certificate": /certificate/,
  "store-denied": /AccessDenied|Forbidden/,
  "store-network": /connection refused/,
  "unreadable-model": /model\.pkl cannot be loaded: it is not a pickle/,
  "unfit-model": /herbarium/,
  "wrong-answer": /answered wrong: predict\[0\]\[0\]: expected 9, got 0\n.*wrong-answer, server of pod .*2 times/,
  "model-does-not-load": /exit code 0/,
  "server-crashes": /server of pod .*exit code/,
  "probe-answered-wrongly": /statuscode: 404/,
};

/** What no iris is. */
const NEVER = [{ name: "predict", data: [9] }];

describe("a model that does not serve", function () {
  this.timeout(900_000);
  const store = new Store();
  let secure: Recorder;
  let stack: ClusterStack;
  let limited: ClusterStack;
  let outcomes: Record<string, Outcome>;

  before(async () => {
    stack = await new ClusterStack("").init();
    limited = await new ClusterStack("").init();
    await store.start();
    const { folder, namespace } = stack;
    secure = await new Recorder(store.endpoint, certificate(folder)).start();
    const iris = await train("iris", join(folder, "model.pkl"));
    await train("broken", join(folder, "broken.pkl"));
    store.put(join(folder, "model.pkl"), "models", "iris/model.pkl");
    writeFileSync(join(folder, "text.pkl"), "no pickle");
    writeFileSync(join(folder, "foreign.pkl"), "cherbarium.models\nClassifier\n.");
    await limit(limited.namespace);
    await refuseLabelled(namespace);
    outcomes = {
      ...(await tryOut(namespace, trials(folder, iris))),
      ...(await tryOut(limited.namespace, limitedTrials(folder))),
    };
  });
  after(async () => {
    await kubectl("delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", stack.namespace);
    await stack.remove();
    await limited.remove();
    await secure.stop();
    await store.stop();
  });

  function trials(folder: string, iris: Expected): Record<string, Trial> {
    const { endpoint, accessKeyId, secretAccessKey } = store;
    const keys = { endpoint, accessKeyId, secretAccessKey };
    const small = { requests: { cpu: "10m", memory: "32Mi" } };
    const good: ModelServeArgs = {
      kind: "sklearnserve",
      path: join(folder, "model.pkl"),
      resources: small,
      fetchResources: small,
    };
    const stored = (storage: ModelServeArgs["storage"], path = "s3://models/iris/model.pkl", more = {}): Trial => ({
      args: { ...good, path, storage: { ...keys, ...storage }, ...more },
    });
    const local = (name: string, more = {}): Trial => ({ args: { ...good, path: join(folder, name), ...more } });
    const passing = (trial: Trial): Trial => ({ ...trial, timeoutSeconds: SHORT });
    const resources = (requests: Record<string, string>, limits?: Record<string, string>) => ({
      resources: { requests, limits },
    });
    return {
      "pod-security": local("model.pkl", { podSecurityContext: { runAsUser: 0, runAsNonRoot: false } }),
      "admission-denied": local("model.pkl", { podLabels: { refused: "yes" } }),
      "service-account-missing": passing(local("model.pkl", { serviceAccountName: "nobody" })),
      unschedulable: passing(local("model.pkl", resources({ cpu: "100" }))),
      "volume-pending": passing({ args: { ...good, path: "pvc://no-such-claim/model.pkl" } }),
      "invalid-image-name": local("model.pkl", { image: "registry.example.org/In Valid:1" }),
      "image-network": passing(local("model.pkl", { image: "registry.example.invalid/mlserver:1" })),
      "program-missing": local("model.pkl", { image: "docker.io/rclone/rclone:1.76.0" }),
      "secret-missing": passing(local("model.pkl", { secrets: ["no-such-secret"] })),
      "configmap-missing": passing(
        local("model.pkl", {
          envs: [{ name: "A", valueFrom: { configMapKeyRef: { name: "no-such-map", key: "a" } } }],
        }),
      ),
      mount: passing(
        local("model.pkl", { volumes: [{ name: "x", mountPath: "/x", secret: { secretName: "no-such" } }] }),
      ),
      "out-of-memory": local("model.pkl", resources({ memory: "32Mi", cpu: "10m" }, { memory: "48Mi" })),
      "no-bucket": stored({}, "s3://no-such-bucket/iris"),
      "no-object": stored({}, "s3://models/no-such-model"),
      "model-too-large": stored({}, undefined, { modelSize: "100" }),
      "wrong-keys": stored({ secretAccessKey: "wrong" }),
      "wrong-region": stored({ region: "eu-south-1" }),
      "store-certificate": stored({ endpoint: secure.endpoint }),
      "store-denied": passing(stored({ accessKeyId: undefined, secretAccessKey: undefined, anonymous: true })),
      "store-network": passing(stored({ endpoint: `http://${HOST}:9` })),
      "unreadable-model": local("text.pkl"),
      "unfit-model": local("foreign.pkl"),
      "wrong-answer": local("model.pkl", { smokeTest: { request: request(iris.rows.slice(0, 1)), expected: NEVER } }),
      "model-does-not-load": local("broken.pkl"),
      "server-crashes": local("model.pkl", { serverSettings: { parallel_workers: 1, metrics_dir: "/nowhere" } }),
      "probe-answered-wrongly": {
        ...local("model.pkl"),
        edit: (objects) => {
          const [server] = only(objects, "Deployment").spec.template.spec.containers;
          server.startupProbe.httpGet.path = "/v2/models/other/ready";
          server.startupProbe.periodSeconds = 5; // the kubelet tells of 25 answers, which a slow start would use up
        },
      },
    };
  }

  function limitedTrials(folder: string): Record<string, Trial> {
    const args: ModelServeArgs = { kind: "sklearnserve", path: join(folder, "model.pkl") };
    return {
      quota: { args, timeoutSeconds: 25 },
      "limit-range": { args: { ...args, resources: { limits: { memory: "20Gi" } } } },
    };
  }

  for (const [cause, says] of Object.entries(SAYS)) {
    it(`because of ${cause} is explained`, () => {
      const { serves, message, findings, lines } = outcomes[cause] as Outcome;
      const all = `${message}\n-- on the way:\n${lines.join("\n")}`;
      assert.equal(serves, false);
      assert.equal(findings[0]?.cause, cause, all);
      assert.match(message, says, all);
      const { persistence, next } = CAUSES[cause] as Cause;
      assert.ok(message.includes(`Next: ${next}`), all);
      assert.equal(persistence === "passes", /^no progress for \d+ s/.test(message), all);
    });
  }

  it("is explained by less to one who may read neither events nor logs", async () => {
    const { namespace } = stack;
    const viewer = await (await new Account(namespace, "viewer").init(PODS_ALONE)).kubeconfig();
    for (const cause of ["pod-security", "model-does-not-load", "unreadable-model"]) {
      const { deployment = "" } = outcomes[cause] ?? {};
      const { findings, message } = await outcomeOf(await wantedOf(namespace, deployment), viewer);
      assert.equal(findings[0]?.cause, cause, message);
    }
  });

  it("shows on the way what it waits for", () => {
    const { lines = [] } = outcomes.unschedulable ?? {};
    assert.ok(
      lines.some((line) => /^waiting for a node; Unschedulable: 0\/1 nodes are available/.test(line)),
      lines.join("\n"),
    );
  });
});

/** A namespace in which no pod may run, and none ask for much memory. */
async function limit(namespace: string): Promise<void> {
  const metadata = { name: "limits", namespace };
  const limits = [
    { type: "Container", max: { memory: "10Gi" }, default: { cpu: "1" }, defaultRequest: { cpu: "10m" } },
  ];
  await apply({ apiVersion: "v1", kind: "LimitRange", metadata, spec: { limits } });
  await apply({ apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard: { pods: "0" } } });
}

/** A policy of the cluster that refuses pods with a label. */
async function refuseLabelled(namespace: string): Promise<void> {
  const api = { apiVersion: "admissionregistration.k8s.io/v1", metadata: { name: namespace } };
  const rules = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }];
  const expression = "!('refused' in object.metadata.labels)";
  const validations = [{ expression, message: "such pods are refused" }];
  await apply({
    ...api,
    kind: "ValidatingAdmissionPolicy",
    spec: { matchConstraints: { resourceRules: rules }, validations },
  });
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  const spec = { policyName: namespace, validationActions: ["Deny"], matchResources: { namespaceSelector } };
  await apply({ ...api, kind: "ValidatingAdmissionPolicyBinding", spec });
}
