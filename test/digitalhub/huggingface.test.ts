import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fromDigitalHub,
  HuggingfaceBackend,
  HuggingfaceDtype,
  HuggingfaceTask,
  type ModelServeArgs,
  toDigitalHub,
} from "../../src";
import { check } from "../../src/check";

const FUNCTION = { kind: "huggingfaceserve", name: "moods", spec: { path: "hf://acme/moods:v1", model_name: "moods" } };

const one = (task: object, run: object = {}, spec: object = FUNCTION.spec) => {
  const [model] = fromDigitalHub({
    function: { ...FUNCTION, spec: { ...spec } },
    task: { kind: "huggingfaceserve+serve", spec: { ...task } },
    run: { kind: "huggingfaceserve+serve:run", spec: { ...run } },
  }).models;
  assert(model);
  return { ...model, noted: model.notes.map(({ field }) => field) };
};

describe("a Hugging Face definition of the DigitalHub platform", () => {
  it("becomes arguments, every parameter of the task and the run of them", () => {
    const { args, noted } = one(
      {
        huggingface_task: "sequence_classification",
        backend: "HUGGINGFACE",
        tokenizer_revision: "v2",
        max_length: 64,
        disable_lower_case: true,
        disable_special_tokens: true,
        dtype: "BFLOAT16",
        trust_remote_code: true,
        tensor_input_names: ["input_ids"],
        return_token_type_ids: true,
        return_probabilities: true,
        disable_log_requests: true,
        max_log_len: 10,
      },
      { args: ["--predictor_host=triton:8001"] },
    );
    assert.equal(args.path, "hf://acme/moods@v1");
    assert.deepEqual(args.huggingface, {
      task: "sequence_classification",
      backend: "huggingface",
      tokenizerRevision: "v2",
      maxLength: 64,
      disableLowerCase: true,
      disableSpecialTokens: true,
      dtype: "bfloat16",
      trustRemoteCode: true,
      tensorInputNames: ["input_ids"],
      returnTokenTypeIds: true,
      returnProbabilities: true,
      disableLogRequests: true,
      maxLogLen: 10,
      args: ["--predictor_host=triton:8001"],
    });
    assert.deepEqual(noted, ["function.spec.path", "task.spec.service_type"]);
  });

  it("of release 0.8 has its task in capitals, under another name", () => {
    const { args } = one({ huggingface_task_name: "TEXT_GENERATION", trust_remote_code: false });
    assert.equal(args.huggingface?.task, "text_generation");
    assert.deepEqual(check("moods", args), []);
  });

  it("has notes where the platform's defaults, and its false, are others", () => {
    const { args, notes } = one({ disable_lower_case: false });
    assert.deepEqual(args.huggingface, { disableLowerCase: false });
    const said = Object.fromEntries(notes.map(({ field, text }) => [field.split(".").at(-1), text]));
    assert.match(said.disable_lower_case ?? "", /takes it for true/);
    assert.match(said.trust_remote_code ?? "", /Here it does not/);
    assert.match(said.huggingface_task ?? "", /a preview tells it/);
  });

  it("goes back out, and round-trips", () => {
    const text = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const flag = fc.constant(true as const);
    const options = fc.record(
      {
        task: fc.constantFrom(...Object.values(HuggingfaceTask)),
        trustRemoteCode: flag,
        backend: fc.constantFrom(...Object.values(HuggingfaceBackend)),
        dtype: fc.constantFrom(...Object.values(HuggingfaceDtype)),
        tokenizerRevision: text,
        maxLength: fc.integer({ min: 1, max: 9 }),
        maxLogLen: fc.integer({ min: 1, max: 9 }),
        disableLowerCase: flag,
        disableSpecialTokens: flag,
        returnTokenTypeIds: flag,
        returnProbabilities: flag,
        disableLogRequests: flag,
        tensorInputNames: fc.array(text, { minLength: 1, maxLength: 2 }),
        args: fc.array(text, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ["task", "trustRemoteCode"] },
    );
    const paths = fc.constantFrom("hf://acme/moods@v1", "hf://acme/moods", "s3://models/moods/");
    fc.assert(
      fc.property(options, paths, (huggingface, path) => {
        const given: ModelServeArgs = {
          kind: "huggingfaceserve",
          path,
          modelName: "moods",
          huggingface: { ...huggingface },
        };
        const out = toDigitalHub("moods", { project: "p", ...given });
        assert.deepEqual(out.notes, []);
        assert.deepEqual(fromDigitalHub(out).models[0]?.args, { project: "p", ...given });
      }),
    );
    const { notes } = toDigitalHub("moods", {
      kind: "huggingfaceserve",
      path: "hf://acme/moods",
      huggingface: { token: "hf_x" },
    });
    assert.deepEqual(
      notes.map(({ field }) => field),
      ["huggingface.token"],
    );
  });
});
