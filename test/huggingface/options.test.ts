import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HuggingfaceArgs, HuggingfaceBackend, HuggingfaceTask, Kind, type ModelServeArgs } from "../../src";
import { check } from "../../src/check";
import { flags } from "../../src/huggingface/flags";
import { apisOf, isGenerative, taskOfConfig } from "../../src/huggingface/task";

const ENCODERS = Object.values(HuggingfaceTask).filter((task) => !isGenerative(task));
const HUB = "hf://acme/moods@0123456789abcdef0123456789abcdef01234567";

/** What the server is told beside the model's name and folder. */
function told(options: HuggingfaceArgs, task: HuggingfaceTask = "sequence_classification"): unknown[] {
  const [name, folder, ...rest] = flags(options, { task, modelName: "moods", folder: "/mnt/models/model" });
  assert.deepEqual([name, folder], ["--model_name=moods", "--model_dir=/mnt/models/model"]);
  return rest.filter((flag) => flag !== "--enable_grpc=false");
}

/** Arguments with a problem, and what is said of them. */
function problems(huggingface: HuggingfaceArgs | undefined, more: Partial<ModelServeArgs> = {}): string[] {
  const args: ModelServeArgs = {
    kind: Kind.HuggingfaceServe,
    path: HUB,
    serviceType: "ClusterIP",
    huggingface,
    ...more,
  };
  return check("moods", args).map(({ argument, reason }) => `${argument}: ${reason}`);
}

describe("the options of KServe's Hugging Face server", () => {
  const LINES: [options: HuggingfaceArgs, flag: string][] = [
    [{ maxLength: 512 }, "--max_model_len=512"],
    [{ dtype: "bfloat16" }, "--dtype=bfloat16"],
    [{ trustRemoteCode: true }, "--trust_remote_code"],
    [{ disableLowerCase: true }, "--disable_lower_case"],
    [{ disableSpecialTokens: true }, "--disable_special_tokens"],
    [{ returnTokenTypeIds: true }, "--return_token_type_ids"],
    [{ returnProbabilities: true }, "--return_probabilities"],
    [{ tensorInputNames: ["input_ids", "attention_mask"] }, "--tensor_input_names=input_ids,attention_mask"],
    [{ disableLogRequests: true }, "--disable_log_requests"],
    [{ maxLogLen: 100 }, "--max_log_len=100"],
    [{ args: ["--log_config_file=/dev/null"] }, "--log_config_file=/dev/null"],
  ];
  for (const [options, flag] of LINES)
    it(`${JSON.stringify(options)} is ${flag}`, () => {
      assert.deepEqual(told(options), ["--backend=huggingface", "--task=sequence_classification", flag]);
    });

  it("are not there where they are false, since the server would take them for true", () => {
    const none = { trustRemoteCode: false, disableLowerCase: false, disableSpecialTokens: false };
    const more = { returnTokenTypeIds: false, returnProbabilities: false, disableLogRequests: false };
    assert.deepEqual(told({ ...none, ...more }), told({}));
  });

  it("tell transformers the task, and vLLM, which has no such option, none", () => {
    for (const task of ENCODERS) assert.deepEqual(told({}, task), ["--backend=huggingface", `--task=${task}`]);
    assert.deepEqual(told({}, "text_generation"), ["--backend=auto", "--task=text_generation"]);
    assert.deepEqual(told({ backend: "vllm" }, "text_generation"), ["--backend=vllm"]);
    assert.deepEqual(told({ backend: "huggingface" }, "text2text_generation"), [
      "--backend=huggingface",
      "--task=text2text_generation",
    ]);
  });

  it("go to the server only if it honours them for the task and backend; else they are refused", () => {
    const encoders = ["disableSpecialTokens", "returnTokenTypeIds", "returnProbabilities"] as const;
    for (const option of encoders)
      assert.deepEqual(problems({ task: "text_generation", backend: "huggingface", [option]: true }), [
        `huggingface.${option}: Task "text_generation" has no use for it, so it would be ignored. Remove it.`,
      ]);
    assert.deepEqual(problems({ task: "text_generation", backend: "huggingface", disableLowerCase: true }), []);
    for (const [backend, why] of [
      ["vllm", "vLLM has no such option"],
      ["auto", 'vLLM, which backend "auto" may choose, has no such option'],
    ] as const)
      assert.deepEqual(problems({ task: "text_generation", backend, disableLowerCase: true }), [
        `huggingface.disableLowerCase: ${why}, so it would be ignored. Remove it.`,
      ]);
    assert.deepEqual(problems({ task: "text_embedding", returnProbabilities: true }), [
      'huggingface.returnProbabilities: Task "text_embedding" has no classes, so it would be ignored. Remove it.',
    ]);
    assert.deepEqual(problems({ task: "fill_mask", maxLogLen: 5, disableLogRequests: true }), [
      "huggingface.maxLogLen: With `disableLogRequests` there is nothing to log, so it would be ignored. Remove it.",
    ]);
    assert.match(problems({ task: "fill_mask", tensorInputNames: ["input_ids"] })[0] ?? "", /`--predictor_host`/);
    const args = ["--predictor_host=triton:8001"];
    assert.deepEqual(problems({ task: "fill_mask", tensorInputNames: ["input_ids"], args }), []);
    assert.match(
      problems({ task: "fill_mask", backend: "vllm" })[0] ?? "",
      /^huggingface.backend: vLLM does not answer/,
    );
  });

  it("that follow from other arguments are refused among `args`", () => {
    const args = ["--model_id=other/model", "--max-model-len=5", "--trust_remote_code", "--seed=1"];
    assert.deepEqual(problems({ task: "text_generation", args }), [
      "huggingface.args[0]: --model_id follows from another argument. Use `path` (hf://org/repo).",
      "huggingface.args[1]: --max-model-len follows from another argument. Use `huggingface.maxLength`.",
      "huggingface.args[2]: --trust_remote_code follows from another argument. Use `huggingface.trustRemoteCode`.",
    ]);
  });

  it("are checked by themselves, all at once", () => {
    const wrong = {
      task: "translation",
      backend: "triton",
      dtype: "int8",
      maxLength: 0,
      maxLogLen: 1.5,
      trustRemoteCode: "false",
      args: "--seed=1",
      token: "",
      endpoint: "hub",
      maxLenght: 5,
    };
    const found = problems(wrong as never);
    assert.deepEqual(
      found.map((problem) => problem.split(":")[0]),
      Object.keys(wrong).map((option) => `huggingface.${option}`),
    );
    assert.match(found[0] ?? "", /"translation" is not one of "sequence_classification", /);
    assert.match(found.at(-1) ?? "", /There is no such option\. There are task, backend, /);
    for (const local of [{}, { path: "moods", localExecution: true, serviceType: undefined }])
      assert.match(problems(null as never, local)[0] ?? "", /^huggingface: null is not a group/);
    assert.match(problems("text_generation" as never)[0] ?? "", /^huggingface: "text_generation" is not a group/);
  });

  it("belong to the kind", () => {
    const path = "s3://models/iris.pkl";
    assert.deepEqual(problems({ task: "fill_mask" }, { kind: "sklearnserve", path }), [
      'huggingface: Kind "sklearnserve" has no such options. Remove it.',
    ]);
    assert.match(problems(undefined, { kind: "sklearnserve" })[0] ?? "", /Use kind "huggingfaceserve" for it/);
    const settings = problems({ task: "fill_mask" }, { serverSettings: { debug: true }, allowVersionSkew: true });
    assert.deepEqual(
      settings.map((problem) => problem.split(":")[0]),
      ["serverSettings", "allowVersionSkew"],
    );
  });

  it("for the Hub belong to a model of the Hub", () => {
    const options = { task: "fill_mask", tokenizerRevision: "v2", tokenSecretName: "hub" } as const;
    assert.deepEqual(problems(options), []);
    assert.deepEqual(
      problems(options, { path: "s3://models/moods/" }).map((problem) => problem.split(":")[0]),
      ["huggingface.tokenSecretName", "huggingface.tokenizerRevision"],
    );
    assert.match(problems({ ...options, token: "hf_x" })[0] ?? "", /Only one of `token` and `tokenSecretName`/);
    const store = problems(options, { storage: { anonymous: true }, fetchImage: "mine" });
    assert.deepEqual(
      store.map((problem) => problem.split(":")[0]),
      ["storage.anonymous", "fetchImage"],
    );
  });

  it("on this machine are few, and the others are refused", () => {
    const local = { path: "moods", localExecution: true, serviceType: undefined };
    assert.deepEqual(problems({ task: "fill_mask", dtype: "float32", backend: "huggingface" }, local), []);
    assert.match(
      problems({ dtype: "half" }, local)[0] ?? "",
      /^huggingface\.dtype: MLServer loads all weights as float32/,
    );
    assert.deepEqual(
      problems({ task: "fill_mask", returnProbabilities: true, backend: "vllm", token: "x" }, local).map(
        (problem) => problem.split(":")[0],
      ),
      ["huggingface.returnProbabilities", "huggingface.token", "huggingface.backend"],
    );
    assert.match(
      problems({ task: "fill_mask" }, { ...local, path: HUB })[0] ?? "",
      /Download it and give the local path: `hf download acme\/moods --revision 0123\S+ --local-dir FOLDER`/,
    );
  });
});

describe("the task of a Hugging Face model", () => {
  const TASKS: Record<string, string> = {
    DistilBertForSequenceClassification: "sequence_classification",
    BertForTokenClassification: "token_classification",
    RobertaForMaskedLM: "fill_mask",
    LlamaForCausalLM: "text_generation",
    GPT2LMHeadModel: "text_generation",
    T5ForConditionalGeneration: "text2text_generation",
    MarianMTModel: "text2text_generation",
  };
  for (const [architecture, task] of Object.entries(TASKS))
    it(`is ${task} for ${architecture}`, () => {
      assert.equal(taskOfConfig(JSON.stringify({ architectures: [architecture] })), task);
    });

  it("must be given where config.json does not tell", () => {
    assert.throws(() => taskOfConfig('{"architectures": ["BertModel"]}'), /BertModel, which does not tell the task/);
    assert.throws(() => taskOfConfig("{}"), /names no architecture/);
    assert.throws(() => taskOfConfig("no"), /config\.json is not JSON/);
  });

  it("is needed for a model that is not on this machine", () => {
    assert.deepEqual(problems(undefined), [
      "huggingface.task: It is missing: the model is not on this machine, where its config.json would tell what it does. Give one of sequence_classification, token_classification, fill_mask, text_generation, text2text_generation, text_embedding.",
    ]);
    assert.deepEqual(problems({ task: "fill_mask" }), []);
  });

  it("decides on the APIs: text is generated in OpenAI's alone, vectors come in both", () => {
    const all = Object.fromEntries(Object.values(HuggingfaceTask).map((task) => [task, apisOf(task)]));
    const v2 = { v2: true, openai: undefined };
    const text = { v2: false, openai: "completions" };
    assert.deepEqual(all, {
      sequence_classification: v2,
      token_classification: v2,
      fill_mask: v2,
      text_generation: text,
      text2text_generation: text,
      text_embedding: { v2: true, openai: "embeddings" },
    });
    assert.deepEqual(apisOf("text_embedding", HuggingfaceBackend.Vllm), { v2: false, openai: "embeddings" });
  });

  it("decides on the sample request", () => {
    const asks = (task: HuggingfaceTask, request: object) => problems({ task }, { smokeTest: { request } });
    const infer = { inputs: [{ name: "x", shape: [1], datatype: "BYTES", data: ["so so"] }] };
    assert.deepEqual(asks("text_generation", { prompt: "so" }), []);
    assert.match(asks("text_generation", infer)[0] ?? "", /Give `prompt` or `messages` \(OpenAI's API\)\.$/);
    assert.match(asks("text_generation", { input: "so" })[0] ?? "", /does not answer such a request/);
    assert.deepEqual(asks("fill_mask", infer), []);
    assert.match(asks("fill_mask", { prompt: "so" })[0] ?? "", /Give `inputs` \(Open Inference Protocol\)\.$/);
    assert.deepEqual(asks("text_embedding", { input: "so" }), []);
    assert.match(asks("text_embedding", { prompt: "so" })[0] ?? "", /Give `inputs` .*, or `input` \(OpenAI's API\)\.$/);
  });
});

describe("the files of a Hugging Face model on this machine", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "modelserve-huggingface-"));
    mkdirSync(join(folder, "moods"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, "moods", name), text);
  const found = () => problems(undefined, { path: join(folder, "moods") }).join("\n");

  it("tell the task, and must be whole", () => {
    assert.match(found(), /holds no config\.json file/);
    write("config.json", '{"architectures": ["BertForMaskedLM"]}');
    assert.match(found(), /holds no weights: no \.safetensors or \.bin file/);
    write("model.safetensors", "version https://git-lfs.github.com/spec/v1\n");
    assert.match(found(), /is a Git LFS pointer/);
    write("model.safetensors", "weights");
    assert.equal(found(), "");
    write("config.json", '{"architectures": ["BertModel"]}');
    assert.match(found(), /Set `huggingface\.task`: sequence_classification, /);
  });
});
