import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HuggingfaceTask, invoke, type RequestInput } from "../../src";
import { type Answers, textRequest, writeModel } from "../huggingface";
import { modelserve } from "./cli";
import { Stack } from "./stack";

/** What a model answers to texts on this machine: each in JSON, as a pipeline of transformers gives it. */
async function answers(url: string, texts: string[], more: RequestInput[] = []): Promise<unknown[]> {
  const inputs = [...textRequest(texts, "array_inputs").inputs, ...more];
  const { outputs } = await invoke(url, { inputs }, { modelName: "words" });
  return (outputs[0]?.data ?? []).map((text) => JSON.parse(String(text)));
}

/** An argument of the pipeline, which is not to be taken for a tensor. */
const NEW_TOKENS: RequestInput = {
  name: "max_new_tokens",
  shape: [1],
  datatype: "INT32",
  data: [8],
  parameters: { content_type: "raw" },
};

/** Numbers up to the last places, which differ from one process to the next. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, part) => (typeof part === "number" ? Number(part.toFixed(4)) : part));
}

describe("Hugging Face models on this machine, by the real engine", function () {
  this.timeout(900_000); // the environment may have to be built
  let stack: Stack;
  afterEach(() => stack.remove());

  it("answer as transformers' pipelines do, one text or several, and then give no diff", async () => {
    const tasks: HuggingfaceTask[] = ["sequence_classification", "fill_mask", "text_generation"];
    stack = await new Stack(`
for (const task of ${JSON.stringify(tasks)})
  exports[task] = new ModelServe(task.replace("_", "-"), {
    kind: "huggingfaceserve", path: task, modelName: "words", localExecution: true, huggingface: { dtype: "float32" },
  }).url;`).init();
    const known: Record<string, Answers> = {};
    for (const task of tasks) known[task] = await writeModel(task, join(stack.folder, task));
    const preview = await stack.ok("preview", "--diff");
    assert.match(preview, /"mlserver-huggingface==1\.7\.1"/);
    await stack.up();
    const urls = await stack.outputs();
    for (const task of tasks) {
      const { texts, pipeline } = known[task] as Answers;
      const [first] = pipeline;
      const parameters = task === "text_generation" ? [NEW_TOKENS] : [];
      assert.deepEqual(rounded(await answers(urls[task], texts, parameters)), rounded(pipeline), task);
      const single = await answers(urls[task], texts.slice(0, 1), parameters); // some tasks give it no list of its own
      assert.deepEqual(rounded(single.flat()), rounded([first].flat()));
    }
    await stack.up("--expect-no-changes");
  });

  it("are told their task where config.json does not tell it, and a sample request is asked of them", async () => {
    const program = (options: object, expected: string) => `
const model = new ModelServe("words", {
  kind: "huggingfaceserve", path: "words", localExecution: true, huggingface: ${JSON.stringify(options)},
  smokeTest: {
    request: { inputs: [{ name: "args", shape: [1], datatype: "BYTES", data: ["The film was good"] }] },
    expected: [{ name: "output", ${expected} }],
  },
});
exports.url = model.url;
exports.openaiUrl = model.openaiUrl;
exports.inferUrl = model.inferUrl;`;
    stack = await new Stack(program({}, "shape: [1, 1]")).init();
    const { pipeline, texts } = await writeModel("text_embedding", join(stack.folder, "words"));
    assert.match(
      await stack.fails("up", "--yes", "--skip-preview"),
      /DistilBertModel, which does not tell the task\. Set `huggingface\.task`: sequence_classification, /,
    );
    stack.write(program({ task: "text_embedding" }, "shape: [1, 1]"));
    await stack.up();
    const { url, openaiUrl, inferUrl } = await stack.outputs();
    assert.deepEqual([openaiUrl, inferUrl], [undefined, `${url}/v2/models/words/infer`]);
    assert.deepEqual(rounded(await answers(url, texts)), rounded(pipeline));
    const { stdout } = await modelserve(
      stack,
      "invoke",
      "words",
      ...texts.flatMap((text) => ["--text", text]),
      "--json",
    );
    const [output] = JSON.parse(stdout).outputs;
    assert.deepEqual(rounded(output.data.map(JSON.parse)), rounded(pipeline));
    stack.write(program({ task: "text_embedding" }, "shape: [2, 1]"));
    assert.match(await stack.fails("up", "--yes", "--skip-preview"), /output: expected shape \[2, 1\], got \[1, 1\]/);
  });

  it("whose weights are broken fail the update with the reason", async () => {
    stack = await new Stack(`
new ModelServe("words", { kind: "huggingfaceserve", path: "words", localExecution: true });`).init();
    await writeModel("sequence_classification", join(stack.folder, "words"));
    writeFileSync(join(stack.folder, "words", "model.safetensors"), "no weights");
    assert.match(
      await stack.fails("up", "--yes", "--skip-preview"),
      /The server ended before its model was ready: .*header/i,
    );
    rmSync(join(stack.folder, "words", "model.safetensors"));
    assert.match(await stack.fails("up", "--yes", "--skip-preview"), /holds no weights/);
  });
});
