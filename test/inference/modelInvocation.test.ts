import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime";
import { ModelServe, type ModelServeArgs } from "../../src";

const ARGS: ModelServeArgs = {
  kind: "sklearnserve",
  path: "s3://models/iris",
  serviceType: "ClusterIP",
  namespace: "models",
};
const json = { inputs: [{ name: "x", shape: [1], datatype: "FP32" as const, data: [1] }] };

/** The last call that was registered. */
let call: Record<string, any> | undefined;

class Provider extends pulumi.ProviderResource {}

describe("a call of a model in a cluster in a program", () => {
  beforeEach(() => {
    call = undefined;
    const newResource = ({ type, name, inputs }: runtime.MockResourceArgs) => {
      if (type.endsWith("Invocation")) call = inputs;
      const metadata = { name: `${name}-1a2b3c4d`, ...inputs.metadata };
      return { id: name, state: { ...inputs, metadata, response: { outputs: [] } } };
    };
    runtime.setMocks({ newResource, call: () => ({}) } as runtime.Mocks, "project", "stack", false);
  });

  /** The inputs of a call of a model. */
  async function inputs(more: Partial<ModelServeArgs> = {}, url?: string, provider?: pulumi.ProviderResource) {
    const answer = new ModelServe("iris", { ...ARGS, ...more }, { provider }).invoke({ json, url });
    await new Promise((resolve) => answer.apply(resolve));
    return call;
  }

  it("goes to the Service through the API server, by the waiter's kubeconfig, which is a secret", async () => {
    const found = await inputs({ readiness: { kubeconfig: "content", context: "production" } });
    assert.equal(found?.modelUrl, "http://iris-1a2b3c4d.models.svc:8080");
    assert.ok(runtime.isRpcSecret(found?.cluster));
    assert.deepEqual(runtime.unwrapRpcSecret(found?.cluster), { kubeconfig: "content", context: "production" });
  });

  it("goes that way whatever the Service's type, and by kubectl's kubeconfig when none is given", async () => {
    for (const more of [{}, { serviceType: "NodePort", nodeHost: "node" }, { serviceType: "LoadBalancer" }] as const) {
      const found = await inputs(more);
      assert.deepEqual([found?.modelUrl, found?.cluster], ["http://iris-1a2b3c4d.models.svc:8080", {}]);
    }
  });

  it("is refused with options that there are not, or that are no group", () => {
    const wrong = { json, header: { a: "b" }, auth: "ada:p", batchSzie: 1 } as never;
    assert.throws(
      () => new ModelServe("iris", ARGS).invoke(wrong),
      /cannot be invoked:\n {2}header: .* Is it `headers`\?\n {2}auth: It is a text, not a group.*\n {2}batchSzie: There is no/,
    );
  });

  it("takes typed arrays, of which Pulumi would make objects", async () => {
    const input = { name: "x", shape: [1, 2], datatype: "FP32" as const, data: new Float32Array([1, 2]) };
    const answer = new ModelServe("iris", ARGS).invoke({ json: { inputs: [input] } });
    await new Promise((resolve) => answer.apply(resolve));
    assert.deepEqual(call?.call.json.inputs[0].data, [1, 2]);
  });

  it("keeps the `url` that it is given, and waits for the model all the same", async () => {
    const found = await inputs({ readiness: { enabled: false } }, "http://gateway");
    assert.deepEqual(
      [found?.call.url, found?.modelUrl, found?.cluster],
      ["http://gateway", "http://iris-1a2b3c4d.models.svc:8080", undefined],
    );
  });

  it("is refused without `url` where no kubeconfig is sure to be the cluster's", async () => {
    const expected =
      /^ModelServe "iris" cannot be invoked: url: It is missing: .* Give that kubeconfig \(`readiness\.kubeconfig`/;
    const refused = (error: Error) => pulumi.ResourceError.isInstance(error) && expected.test(error.message);
    await assert.rejects(inputs({ readiness: { enabled: false } }), refused);
    const provider = new Provider("kubernetes", "production");
    await assert.rejects(inputs({}, undefined, provider), refused);
    const found = await inputs({ readiness: { kubeconfig: "content" } }, undefined, provider);
    assert.deepEqual(runtime.unwrapRpcSecret(found?.cluster), { kubeconfig: "content" });
    assert.equal((await inputs({}, "http://gateway", provider))?.call.url, "http://gateway");
  });
});
