import assert from "node:assert/strict";
import { join } from "node:path";
import { HuggingfaceTask, invoke, invokeText, type OpenAIResponse } from "../../src";
import { modelserve } from "../engine/cli";
import { lineOf, tried } from "../faults";
import { Hub } from "../hub";
import { type Answers, textRequest, writeModel } from "../huggingface";
import { Load, reasons } from "../load";
import { until } from "../until";
import { apply, ClusterStack, HOST, NODE } from "./clusterStack";

/** What is tried on each task: where its model comes from, and options of its server with what they are there. */
const MODELS: Record<HuggingfaceTask, { from: "machine" | "hub"; options?: object; asked?: object }> = {
  sequence_classification: {
    from: "machine",
    options: { disableLowerCase: true, disableSpecialTokens: true, maxLength: 4, disableLogRequests: true },
    asked: { disable_lower_case: true, disable_special_tokens: true, max_length: 4 },
  },
  token_classification: { from: "machine", options: { dtype: "float32" } },
  fill_mask: { from: "hub", options: { token: "TOKEN" } },
  text_embedding: { from: "machine", options: { task: "text_embedding" } },
  text_generation: { from: "hub", options: { backend: "huggingface", tokenSecretName: "hub", maxLogLen: 10 } },
  text2text_generation: { from: "machine" },
};
const TASKS = Object.values(HuggingfaceTask);
const PROMPT = "The film was good";

const program = (more: Record<string, object> = {}) => `
const common = {
  kind: "huggingfaceserve", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", modelName: "words",
  timeoutSeconds: 300, drainSeconds: 3, resources: { requests: { cpu: "50m", memory: "150Mi" } },
};
for (const [task, { from, options = {} }] of Object.entries(${JSON.stringify(MODELS)})) {
  const { [task]: more } = ${JSON.stringify(more)};
  const hub = from === "hub" ? { task, endpoint: process.env.TEST_HUB } : {};
  const token = options.token ? { token: pulumi.secret(process.env.TEST_TOKEN) } : {};
  const model = new ModelServe(task.replaceAll("_", "-"), {
    ...common,
    path: from === "hub" ? "hf://acme/" + task + (task === "fill_mask" ? "@main" : "@" + process.env.TEST_COMMIT) : "./" + task,
    huggingface: { ...options, ...hub, ...token, ...more },
    ...(task === "text_generation"
      ? { smokeTest: { request: { prompt: "${PROMPT}", max_tokens: 1 }, expected: [{ name: "text", shape: [1] }] } }
      : {}),
  });
  const { url, externalUrl, inferUrl, openaiUrl, grpcUrl, status } = model;
  exports[task] = { url, externalUrl, inferUrl, openaiUrl, grpcUrl, status };
  if (task === "text_generation")
    exports.said = model.invoke({ json: { prompt: "${PROMPT}", max_tokens: 8 } }).choices[0].text;
}`;

describe("Hugging Face models on a cluster", function () {
  this.timeout(900_000);
  const known = {} as Record<HuggingfaceTask, Answers>;
  let hub: Hub;
  let stack: ClusterStack;
  let outputs: any;

  before(async () => {
    hub = await new Hub({ host: HOST }).start();
    stack = await new ClusterStack(program()).init();
    for (const task of TASKS) {
      const { from, asked } = MODELS[task];
      const folder = join(stack.folder, task);
      known[task] = await writeModel(task, folder, asked);
      if (from === "hub") stack.env.TEST_COMMIT = hub.commit(`acme/${task}`, folder);
      if (from === "hub") hub.restrict(`acme/${task}`, "private");
    }
    Object.assign(stack.env, { TEST_HUB: hub.endpoint, TEST_TOKEN: hub.token });
    const metadata = { name: "hub", namespace: stack.namespace };
    await apply({ apiVersion: "v1", kind: "Secret", metadata, stringData: { HF_TOKEN: hub.token } });
  });
  after(async () => {
    await stack.remove();
    await hub.stop();
  });

  it("are served by KServe's server, fetched from the Hub or sent from this machine, and then give no diff", async () => {
    await stack.up();
    outputs = await stack.outputs();
    await stack.up("--expect-no-changes");
    const images = new Set((await stack.pods()).map(({ spec }) => spec.containers[0].image));
    assert.deepEqual([...images], ["kserve/huggingfaceserver:v0.20.0"]);
  });

  const ask = async (task: HuggingfaceTask) => {
    const { texts } = known[task];
    const { outputs: answered } = await invoke(outputs[task].externalUrl, textRequest(texts, "texts"), {
      modelName: "words",
      checkMetadata: true,
    });
    return answered[0]?.data ?? [];
  };
  const flat = (values: unknown[]) => values.flat(Number.POSITIVE_INFINITY);
  const near = (actual: unknown[], expected: unknown[]) => {
    assert.equal(actual.length, expected.length);
    for (const [index, value] of actual.entries())
      assert(Math.abs(Number(value) - Number(expected[index])) < 1e-4, `${value} is not ${expected[index]}`);
  };

  it("answer in the Open Inference Protocol what transformers answers, as their options say", async () => {
    for (const task of ["sequence_classification", "token_classification", "fill_mask"] as const)
      assert.deepEqual(await ask(task), flat(known[task].predictions), task);
    near(await ask("text_embedding"), flat(known.text_embedding.predictions));
  });

  const complete = (task: HuggingfaceTask, prompt: string) =>
    invoke(outputs[task].externalUrl, { prompt, max_tokens: 8 }, { modelName: "words", checkMetadata: true });

  it("generate in OpenAI's API what transformers generates, at once and piece by piece", async () => {
    for (const task of ["text_generation", "text2text_generation"] as const)
      for (const [index, prompt] of known[task].texts.entries()) {
        const { choices = [] }: OpenAIResponse = await complete(task, prompt);
        assert.equal(choices[0]?.text, known[task].predictions[index], `${task}: ${prompt}`);
      }
    const pieces: string[] = [];
    const request = { prompt: PROMPT, max_tokens: 8 };
    for await (const piece of invokeText(outputs.text_generation.externalUrl, request, { modelName: "words" }))
      pieces.push(piece);
    const expected = known.text_generation.predictions[known.text_generation.texts.indexOf(PROMPT)];
    assert(pieces.length > 1);
    assert.equal(pieces.join("").trim(), expected);
    assert.equal(outputs.said, expected);
    const { texts, predictions } = known.text_embedding;
    const { data = [] } = await invoke(
      `${outputs.text_embedding.externalUrl}/openai/v1`,
      { input: texts },
      { modelName: "words" },
    );
    near(
      data.flatMap(({ embedding }) => embedding),
      flat(predictions),
    );
  });

  it("are asked by the command, which prints text as it is made, through the API server", async () => {
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await modelserve(stack, "invoke", ...args);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const { texts, predictions } = known.text_generation;
    const text = await said("text-generation", "--prompt", PROMPT, "--max-tokens", "8");
    assert.equal(text.trim(), predictions[texts.indexOf(PROMPT)]);
    const words = known.fill_mask.texts.flatMap((each) => ["--text", each]);
    const [output] = JSON.parse(await said("fill-mask", ...words, "--json")).outputs;
    assert.deepEqual(output.data, known.fill_mask.predictions);
  });

  it("have the addresses of the APIs in which they answer", () => {
    for (const task of TASKS) {
      const { url, inferUrl, openaiUrl, grpcUrl, status } = outputs[task];
      const generates = task === "text_generation" || task === "text2text_generation";
      assert.equal(inferUrl, generates ? undefined : `${url}/v2/models/words/infer`);
      assert.equal(openaiUrl, generates || task === "text_embedding" ? `${url}/openai/v1` : undefined);
      assert.deepEqual([grpcUrl, status.inferenceV2 === undefined], [undefined, generates]);
      assert.equal(status.openai?.completionsUrl, generates ? `${openaiUrl}/completions` : undefined);
    }
  });

  it("are fetched from one commit, with the token, which the server never has", async () => {
    const files = hub.requests.filter(({ url }) => url.includes("/resolve/"));
    assert(files.length > 0 && files.every(({ url }) => /\/resolve\/[0-9a-f]{40}\//.test(url)));
    assert(files.every(({ token }) => token === hub.token));
    for (const { spec } of await stack.pods())
      for (const { name, env } of [...spec.initContainers, ...spec.containers])
        if (name !== "fetch-model") assert(!env.some((variable: any) => variable.name === "HF_TOKEN"), name);
  });

  it("lose no request at an update, by new connections or kept ones", async () => {
    const body = JSON.stringify(textRequest([PROMPT], "texts"));
    const url = `${outputs.sequence_classification.externalUrl}/v2/models/words/infer`;
    const loads = [new Load(url, body, "new", 10), new Load(url, body, "kept", 10)];
    stack.write(program({ sequence_classification: { maxLogLen: 5, disableLogRequests: false } }));
    const preview = await stack.ok("preview", "--diff");
    assert.match(preview, /- .*"--disable_log_requests"|"--disable_log_requests" => "--max_log_len=5"/);
    await stack.up();
    await until(async () => loads.every((load) => load.answered > 50));
    for (const tally of await Promise.all(loads.map((load) => load.stop())))
      assert.equal(reasons(tally.lost), "", tally.connections);
  });
});

describe("Hugging Face models that do not serve", function () {
  this.timeout(600_000);
  let hub: Hub;
  let stack: ClusterStack;
  let said: string;

  before(async () => {
    hub = await new Hub({ host: HOST }).start();
    stack = await new ClusterStack(`
const common = {
  kind: "huggingfaceserve", namespace: process.env.TEST_NAMESPACE, timeoutSeconds: 120, drainSeconds: 1,
  resources: { requests: { cpu: "50m", memory: "150Mi" } }, serviceType: "ClusterIP",
};
const endpoint = process.env.TEST_HUB;
new ModelServe("gated", { ...common, path: "hf://acme/gated", huggingface: { task: "fill_mask", endpoint } });
new ModelServe("absent", { ...common, path: "hf://acme/absent", huggingface: { task: "fill_mask", endpoint } });
new ModelServe("large", { ...common, path: "hf://acme/words", modelSize: "10Ki", huggingface: { task: "fill_mask", endpoint } });
new ModelServe("mistaken", { ...common, path: "./words", huggingface: { task: "fill_mask", maxLength: 9999 } });`).init();
    await writeModel("fill_mask", join(stack.folder, "words"));
    for (const repo of ["acme/gated", "acme/words"]) hub.commit(repo, join(stack.folder, "words"));
    hub.restrict("acme/gated", "gated");
    stack.env.TEST_HUB = hub.endpoint;
    said = await stack.fails("up", "--yes", "--skip-preview");
  });
  after(async () => {
    await stack.remove();
    await hub.stop();
  });

  it("fail the update with the reason of the Hub, or the server's last exception", () => {
    const faults = {
      "a model of the Hugging Face Hub is gated, and no token is given":
        /The model cannot be fetched.*it is gated, and needs the token of an account with access/,
      "the Hugging Face Hub has no such model":
        /The model cannot be fetched.*there is no such model, or it is private or gated/,
      "a model of the Hugging Face Hub is larger than its room": /model is [\d.]+Ki, modelSize is 10Ki/,
      "an option does not fit the Hugging Face model": /\S.*9999/,
    };
    for (const [fault, words] of Object.entries(faults))
      tried({ fault, happens: "the update fails with the reason", reads: lineOf(said, words) });
  });
});
