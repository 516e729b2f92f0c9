import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterPlace, chosen, type LocalPlace, modelsOf, type State } from "../../src/cli/models";

const STATES = join(__dirname, "..", "cluster", "states");
const STACK = "urn:pulumi:test::project";
const PROVIDER = `${STACK}::pulumi:providers:kubernetes::default`;
const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A component of a state and its children. */
function component(name: string, children: [type: string, fields: object][], parents = ""): object[] {
  const urn = `${STACK}::${parents}modelserve:index:ModelServe::${name}`;
  const outputs = { url: `http://${name}.models.svc:8080` };
  return [
    { urn, type: "modelserve:index:ModelServe", outputs },
    ...children.map(([type, fields]) => ({ urn: `${urn}$${type}`, type, parent: urn, ...fields })),
  ];
}

const deployment = (fields: object = {}): [string, object] => {
  const metadata = { name: "iris-1a2b", namespace: "models", uid: "4711" };
  return ["kubernetes:apps/v1:Deployment", { outputs: { metadata }, provider: `${PROVIDER}::1`, ...fields }];
};
const readiness = (outputs: object): [string, object] => ["pulumi-nodejs:dynamic/modelserve:Readiness", { outputs }];
const provider = (inputs: object) => ({ urn: PROVIDER, id: "1", type: "pulumi:providers:kubernetes", inputs });
const found = (...resources: object[]) => modelsOf({ resources } as State);
const placeOf = (...resources: object[]) => found(...resources)[0]?.place;
const place = (...resources: object[]) => placeOf(...resources) as ClusterPlace;

describe("the models of a stack", () => {
  it("are found with the Deployment that Pulumi made, and their URL", () => {
    const [model, ...more] = found(...component("iris", [deployment()]));
    assert.deepEqual([model?.name, model?.url, more], ["iris", "http://iris.models.svc:8080", []]);
    const { target } = place(...component("iris", [deployment()]));
    assert.deepEqual(target, { namespace: "models", deployment: "iris-1a2b", uid: "4711" });
  });

  it("are found by the outputs of the stack that are about them, too", () => {
    const outputs = {
      inferUrl: "http://iris.models.svc:8080/v2/models/iris/infer",
      model: { urn: "urn", url: "http://digits.models.svc:8080" },
      digits: "http://iris.models.svc:8080",
      other: "http://iris.models.svc:80801",
      grpc: "grpc://iris.models.svc:8081",
      metrics: "http://iris.models.svc:8082/metrics",
      nothing: null,
      both: ["http://iris.models.svc:8080"],
    };
    const stack = { urn: `${STACK}::pulumi:pulumi:Stack::project-test`, type: "pulumi:pulumi:Stack", outputs };
    const [iris, ...children] = component("iris", []) as { outputs: object }[];
    const more = { grpcUrl: "grpc://iris.models.svc:8081", metricsUrl: "http://iris.models.svc:8082/metrics" };
    const whole = { ...iris, outputs: { ...iris?.outputs, ...more } };
    const models = found(stack, whole, ...children, ...component("digits", []));
    const name = (output: string) => chosen(models, [output])[0]?.name;
    assert.deepEqual([name("inferUrl"), name("model"), name("digits")], ["iris", "digits", "digits"]);
    assert.deepEqual([name("grpc"), name("metrics")], ["iris", "iris"]);
    for (const output of ["other", "nothing", "both"]) assert.throws(() => name(output), /The stack has no model/);
  });

  it("have the URL that their children know, where an update that failed has not kept it", () => {
    const without = (children: [string, object][]) =>
      component("iris", children).map((each, index) => (index === 0 ? { ...each, outputs: {} } : each));
    const server: [string, object] = [
      "pulumi-nodejs:dynamic/modelserve:LocalServer",
      { outputs: { ports: { http: 20123 }, modelName: "flowers" } },
    ];
    const [local] = found(...without([server]));
    assert.deepEqual([local?.url, local?.modelName], ["http://127.0.0.1:20123", "flowers"]);
    const service = { outputs: { metadata: { name: "iris-1a2b3c4d", namespace: "models" } } };
    const state = without([deployment(), ["kubernetes:core/v1:Service", service]]);
    const urn = `${STACK}::modelserve:index:ModelServe$kubernetes:core/v1:Service::iris`;
    const named = state.map((each, index) => (index === 2 ? { ...each, urn } : each));
    assert.equal(found(...named)[0]?.url, "http://iris-1a2b3c4d.models.svc:8080");
  });

  for (const release of readdirSync(STATES)) {
    it(`are found in a state of ${release}`, () => {
      const { deployment } = JSON.parse(readFileSync(join(STATES, release, "state.json"), "utf8"));
      const models = modelsOf(deployment);
      assert.deepEqual(
        models.map(({ name, place }) => [name, place?.on]),
        [
          ["small", "kubernetes"],
          ["stored", "kubernetes"],
        ],
      );
      for (const { place } of models) assert.match((place as ClusterPlace).target.deployment, /^(small|stored)-/);
    });
  }

  it("are reached as the waiter reached them", () => {
    const found = place(
      provider({ kubeconfig: "the provider's" }),
      ...component("iris", [deployment(), readiness({ kubeconfig: "the waiter's", context: "prod" })]),
    );
    assert.deepEqual(found.access, { kubeconfig: "the waiter's", context: "prod" });
  });

  it("are reached as the provider reaches them, where there is no waiter", () => {
    const found = place(provider({ kubeconfig: "the provider's" }), ...component("iris", [deployment()]));
    assert.deepEqual(found.access, { kubeconfig: "the provider's", context: undefined });
  });

  it("have a kubeconfig that is a secret, decrypted or not", () => {
    const state = (secret: object) =>
      component("iris", [deployment(), readiness({ kubeconfig: { ...SIGNATURE, ...secret }, context: "prod" })]);
    const open = place(...state({ plaintext: JSON.stringify("apiVersion: v1") }));
    assert.deepEqual([open.access.kubeconfig, open.encrypted], ["apiVersion: v1", false]);
    const closed = place(...state({ ciphertext: "v1:abc" }));
    assert.deepEqual([closed.access.kubeconfig, closed.encrypted], [undefined, true]);
  });

  it("on this machine are known with their process", () => {
    const outputs = { modelName: "iris", ports: { http: 20001 }, process: { pid: 7 }, envs: { ...SIGNATURE } };
    const child: [string, object] = ["pulumi-nodejs:dynamic/modelserve:LocalServer", { outputs }];
    const { on, server } = placeOf(...component("iris", [child])) as LocalPlace;
    assert.deepEqual([on, server.ports.http, server.process?.pid], ["machine", 20001, 7]);
  });

  it("have no place when they never finished being created", () => {
    assert.equal(placeOf(...component("iris", [])), undefined);
    assert.equal(placeOf(...component("iris", [deployment({ outputs: {} })])), undefined);
  });

  it("are looked for among what a replacement did not leave to be deleted", () => {
    assert.equal(placeOf(...component("iris", [deployment({ delete: true })])), undefined);
  });

  it("are none in an empty stack", () => {
    assert.deepEqual(modelsOf({}), []);
  });
});

describe("the choice of models", () => {
  const nested = component("iris", [deployment()], "my:index:Team$");
  const models = found(...component("iris", []), ...nested, ...component("digits", []));

  it("is all of them when none are named", () => {
    assert.equal(chosen(models, []).length, 3);
  });

  it("is by name, each once", () => {
    assert.deepEqual(
      chosen(models, ["digits", "digits"]).map(({ name }) => name),
      ["digits"],
    );
  });

  it("refuses a name that is not there, and says which are", () => {
    assert.throws(() => chosen(models, ["dogs"]), /The stack has no model "dogs"\. It has digits, iris, iris\./);
    assert.throws(() => chosen([], ["dogs"]), /The stack has no model "dogs"\. It has none\./);
  });

  it("refuses a name that two have, and takes the URN of one", () => {
    assert.throws(() => chosen(models, ["iris"]), /2 models "iris"\. Name the one that you mean by its URN:\n {2}urn:/);
    const urn = models[1]?.urn as string;
    assert.deepEqual(
      chosen(models, [urn]).map((model) => model.urn),
      [urn],
    );
  });
});
