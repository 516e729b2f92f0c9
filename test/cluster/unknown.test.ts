import assert from "node:assert/strict";
import { ClusterStack } from "./clusterStack";
import { inputs, preview } from "./preview";

const program = (args: string) => `
class Other extends pulumi.dynamic.Resource {}
const provider = { create: async () => ({ id: "other", outs: { value: "other" } }) };
const unknown = new Other(provider, "other", { value: undefined }).value;
new ModelServe("iris", {
  kind: "sklearnserve", namespace: process.env.TEST_NAMESPACE, serviceType: "ClusterIP", replicas: 2, ...{ ${args} },
});`;

const CHILDREN = [
  "ConfigMap iris-settings",
  "Deployment iris",
  "PodDisruptionBudget iris",
  "Readiness iris-readiness",
  "Secret iris-secrets",
  "Service iris",
  "Service iris-metrics",
];

/** What an unknown value is in the JSON of a preview. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const BASE = 'path: "s3://models/iris/model.pkl", secretEnvs: { TOKEN: "plain" }';

const CASES: [what: string, args: string][] = [
  ["plain values alone", BASE],
  ["an unknown path", `${BASE}, path: pulumi.interpolate\`s3://\${unknown}/model.pkl\``],
  ["an unknown modelName", `${BASE}, modelName: unknown`],
  ["an unknown secret value", `${BASE}, secretEnvs: { TOKEN: unknown }`],
  ["a secret value", `${BASE}, secretEnvs: { TOKEN: pulumi.secret("delicate") }`],
  ["an unknown variable", `${BASE}, envs: [{ name: "A", value: unknown }]`],
  ["a secret variable", `${BASE}, envs: [{ name: "A", value: pulumi.secret("delicate") }]`],
  [
    "unknown replicas",
    `${BASE}, disruptionBudget: { maxUnavailable: "1" }, replicas: unknown.apply((text) => text.length)`,
  ],
];

describe("the preview of a new model", function () {
  this.timeout(600_000);
  let stack: ClusterStack;

  before(async () => {
    stack = await new ClusterStack("").init();
  });
  after(() => stack.remove());

  for (const [what, args] of CASES) {
    it(`with ${what} shows all objects, and image, probes and resources of the server`, async () => {
      stack.write(program(args));
      const shown = inputs(await preview(stack, () => {}));
      const children = Object.keys(shown).filter((name) => /^(?!Stack|ModelServe|Resource)/.test(name));
      assert.deepEqual(children.sort(), CHILDREN);
      const { strategy, template } = shown["Deployment iris"].spec;
      const [server] = template.spec.containers;
      const [fetch, prepare] = template.spec.initContainers;
      assert.equal(server.image, "seldonio/mlserver:1.7.1-sklearn");
      assert.deepEqual([fetch.name, prepare.name], ["fetch-model", "prepare-model"]);
      const path = what === "an unknown modelName" ? UNKNOWN : "/v2/models/iris/ready";
      assert.equal(server.startupProbe.httpGet.path, path);
      for (const probe of [server.startupProbe, server.readinessProbe, server.livenessProbe])
        for (const setting of ["periodSeconds", "timeoutSeconds", "failureThreshold"])
          assert.equal(typeof probe[setting], "number", setting);
      assert.deepEqual(server.resources.limits, { memory: "1Gi", "ephemeral-storage": "3328Mi" });
      assert.equal(strategy.rollingUpdate.maxSurge, 1);
      assert.doesNotMatch(JSON.stringify(shown), /delicate/);
    });
  }
});
