import assert from "node:assert/strict";
import { check, diff, type InvocationInputs, type InvocationOutputs } from "../../src/inference/invocation";
import { UNKNOWN } from "../../src/provider";
import { V2_ALONE } from "../../src/serving/apis";

const INPUTS: InvocationInputs = {
  call: { modelName: "iris", json: { inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] } },
  modelUrl: "http://127.0.0.1:20000",
  modelDigest: "d",
  settingsDigest: "s",
  stopped: false,
  apis: V2_ALONE,
};

/** What `check` says of inputs that are changed; `olds` as for a call that was made before, or empty. */
async function failures(change: object, olds: Partial<InvocationInputs> = {}): Promise<string> {
  const { failures } = await check(olds, { ...INPUTS, ...change });
  return failures.map(({ reason }) => reason).join("\n");
}

describe("the provider of calls", () => {
  it("accepts a request, and one that is not known yet", async () => {
    assert.equal(await failures({}), "");
    assert.equal(await failures({ call: { json: UNKNOWN } }), "");
    assert.equal(await failures({ call: { files: UNKNOWN } }), "");
    assert.match(await failures({ call: { jsn: {} } }), /^json: It is missing/);
  });

  it("refuses bytes, which the state cannot hold, and two bodies", async () => {
    assert.match(await failures({ call: { data: { 0: 104, 1: 105 } } }), /^data: It is not a text/);
    const files = { image: { name: "a.png", content: { type: "Buffer", data: [1] } } };
    assert.match(await failures({ call: { files } }), /^files\.image\.content: It is not a text/);
    assert.match(await failures({ call: { ...INPUTS.call, data: "x" } }), /Only one of/);
  });

  it("refuses a request of an API in which the model does not answer, unless it goes elsewhere", async () => {
    const call = { json: { prompt: "so" } };
    assert.match(await failures({ call }), /^json: The model does not answer such a request\. Give `inputs`/);
    assert.match(await failures({ apis: { v2: false, openai: "completions" } }), /Give `prompt` or `messages`/);
    assert.equal(await failures({ call, apis: { v2: false, openai: "completions" } }), "");
    assert.equal(await failures({ call: { ...call, url: "http://elsewhere" } }), "");
    const raw = { call: { data: "raw" }, apis: { v2: false, openai: "completions" } };
    assert.match(await failures(raw), /^data: The model takes requests of OpenAI's API alone/);
  });

  it("refuses the first call of a model that is stopped, and keeps the answer of an earlier one", async () => {
    assert.match(await failures({ stopped: true }), /^stopped: The model is out of service/);
    assert.equal(await failures({ stopped: true, call: { ...INPUTS.call, url: "http://elsewhere" } }), "");
    assert.equal(await failures({ stopped: true }, INPUTS), "");
    const made: InvocationOutputs = { ...INPUTS, response: { model_name: "iris", outputs: [] } };
    assert.equal((await diff("", made, { ...INPUTS, modelDigest: "other", stopped: true })).changes, false);
  });

  it("refuses a call that has no way to a model in a cluster", async () => {
    const modelUrl = "http://iris-1a2b3c4d.models.svc:8080";
    assert.match(await failures({ modelUrl }), /^url: It is missing: the model is in a cluster, and no kubeconfig/);
    assert.match(await failures({ modelUrl: undefined }), /^url: It is missing/);
    assert.equal(await failures({ modelUrl, cluster: {} }), "");
    assert.equal(await failures({ modelUrl, call: { ...INPUTS.call, url: "http://elsewhere" } }), "");
    assert.equal(await failures({ modelUrl: UNKNOWN }), "");
  });

  it("calls again when call, model or settings change, and not for another URL, log or way", async () => {
    const made: InvocationOutputs = { ...INPUTS, response: { model_name: "iris", outputs: [] } };
    const changes = async (change: object) => (await diff("", made, { ...INPUTS, ...change })).changes;
    assert.equal(await changes({ modelUrl: "http://127.0.0.1:20009", localServer: "other" }), false);
    assert.equal(await changes({ modelUrl: UNKNOWN, cluster: { kubeconfig: "other", context: "other" } }), false);
    assert.equal(await changes({ call: { ...INPUTS.call, timeout: 5 } }), true);
    assert.equal(await changes({ modelDigest: "other" }), true);
    assert.equal(await changes({ settingsDigest: UNKNOWN }), true);
  });
});
