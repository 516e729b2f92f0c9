import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../src/kubernetes/scripts";
import { run } from "../../src/local/command";
import { pythonEnvironment, pythonOf } from "../../src/local/environment";
import { PYTHONS } from "../../src/serving/plan";
import { Hub } from "../hub";
import { until } from "../until";

const MODEL = { "config.json": "{}", "model.safetensors": "weights", "tokenizer.json": "[]" };
/** More than what huggingface_hub writes at once, which is 10 MiB. */
const LARGE = Buffer.alloc(24 * 2 ** 20, "weights");
const HALF = 15 * 2 ** 20;

for (const version of ["0.23.5", "1.33.0"]) {
  describe(`the program that fetches a model of the Hub, with huggingface_hub ${version}`, function () {
    this.timeout(600_000); // the environment may have to be built
    let python: string;
    let hub: Hub;
    let folder: string;
    const at = (...names: string[]) => join(folder, "fetched", ...names);
    const program = () => join(folder, "scripts", "fetch_hub.py");

    before(async () => {
      const requirements = [`huggingface_hub==${version}`];
      python = pythonOf(await pythonEnvironment({ requirements, pythons: PYTHONS, modules: ["huggingface_hub"] }));
    });
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "modelserve-hub-"));
      mkdirSync(join(folder, "scripts"));
      for (const [name, program] of Object.entries(scripts("huggingfaceserve", { from: "hub" })))
        writeFileSync(join(folder, "scripts", name), program);
      hub = await new Hub().start();
    });
    afterEach(async () => {
      await hub.stop();
      rmSync(folder, { recursive: true });
    });

    /** What its container has, and nothing of this machine's. */
    const environment = (path: string, variables: Record<string, string>) => ({
      PATH: process.env.PATH,
      HOME: folder,
      HF_HOME: join(folder, "huggingface"),
      HF_ENDPOINT: hub.endpoint,
      MODEL_PATH: path,
      SHOWN_PATH: "",
      MODEL_SIZE: String(2 ** 30),
      FETCHED: at(),
      ...variables,
    });
    const fetchModel = (path: string, variables: Record<string, string> = {}) =>
      run(python, [program()], { env: environment(path, variables) });
    const fetches = async (...args: Parameters<typeof fetchModel>) => {
      const { code, stdout, stderr } = await fetchModel(...args);
      assert.deepEqual([code, stderr], [0, ""], stdout);
      return stdout;
    };
    /** The last line, which is the container's termination message. */
    const refuses = async (expected: RegExp | string, ...args: Parameters<typeof fetchModel>) => {
      const { code, stdout, stderr } = await fetchModel(...args);
      assert.deepEqual([code, stderr], [1, ""], stdout);
      const last = stdout.trim().split("\n").at(-1) ?? "";
      if (typeof expected === "string") assert.equal(last, expected);
      else assert.match(last, expected);
      return stdout;
    };
    const fetched = () =>
      readdirSync(at(), { recursive: true, encoding: "utf8" })
        .filter((name) => statSync(at(name)).isFile())
        .sort();
    const text = (name: string) => readFileSync(at(name), "utf8");
    const host = () => new URL(hub.endpoint).host;

    it("fetches plain files, each in its folder, and says of which commit they are", async () => {
      const commit = hub.commit("org/model", { ...MODEL, "1_Pooling/config.json": "{}", "empty.txt": "" });
      const said = await fetches("hf://org/model");
      assert.deepEqual(fetched(), [...Object.keys(MODEL), "1_Pooling/config.json", "empty.txt"].sort());
      for (const [name, content] of Object.entries(MODEL)) assert.equal(text(name), content);
      assert.match(said, new RegExp(`^fetching 5 files, 13B, of commit ${commit}$`, "m"));
      assert.match(said, /\nfetched\n$/);
    });

    it("fetches a model without an organisation", async () => {
      const source = mkdtempSync(join(folder, "model-"));
      for (const [name, content] of Object.entries(MODEL)) writeFileSync(join(source, name), content);
      hub.commit("gpt2", source);
      await fetches("hf://gpt2@main");
      assert.equal(text("model.safetensors"), "weights");
    });

    it("fetches a branch, also one with a slash, or a commit", async () => {
      const first = hub.commit("org/model", { ...MODEL, "model.safetensors": "first" });
      hub.commit("org/model", MODEL);
      hub.commit("org/model", { ...MODEL, "model.safetensors": "asked for" }, "refs/pr/1");
      await fetches("hf://org/model@refs/pr/1");
      assert.equal(text("model.safetensors"), "asked for");
      await fetches(`hf://org/model@${first}`);
      assert.equal(text("model.safetensors"), "first");
    });

    it("takes the tokenizer's files of another revision, where one is given", async () => {
      const tokenizer = { "tokenizer.json": "{}", "vocab.txt": "a", "spiece.model": "b" };
      const other = hub.commit("org/model", { ...tokenizer, "config.json": "[]", "model.safetensors": "other" }, "v2");
      const commit = hub.commit("org/model", { ...MODEL, "tokenizer.model": "old" });
      const said = await fetches("hf://org/model", { TOKENIZER_REVISION: "v2" });
      assert.match(said, new RegExp(`, of commit ${commit}, the tokenizer's of ${other}$`, "m"));
      const expected = { "config.json": "{}", "model.safetensors": "weights", ...tokenizer };
      assert.deepEqual(fetched(), Object.keys(expected).sort());
      for (const [name, content] of Object.entries(expected)) assert.equal(text(name), content);
      await refuses(
        "The model cannot be fetched from hf://org/model: it has no revision v/3. Correct `huggingface.tokenizerRevision`.",
        "hf://org/model",
        { TOKENIZER_REVISION: "v/3" },
      );
    });

    it("does not mix two commits when the branch moves meanwhile, or before it is started again", async () => {
      hub.commit("org/model", { ...MODEL, "old.json": "{}" });
      hub.spoil("model.safetensors", { after: 3, by: "stall" });
      const running = fetches("hf://org/model", { HF_HUB_DOWNLOAD_TIMEOUT: "2" });
      await until(() => existsSync(at()) && fetched().some((name) => name.startsWith("model.safetensors.")));
      hub.commit("org/model", { ...MODEL, "model.safetensors": "WEIGHTS", "new/new.json": "{}" });
      await running;
      assert.deepEqual(fetched(), [...Object.keys(MODEL), "old.json"].sort());
      assert.equal(text("model.safetensors"), "weights");
      await fetches("hf://org/model");
      assert.deepEqual(fetched(), [...Object.keys(MODEL), "new/new.json"].sort());
      assert.equal(text("model.safetensors"), "WEIGHTS");
    });

    it("prefers safetensors, and leaves out the same weights in other formats, states of training and pictures", async () => {
      const left = [
        ...[
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          "pytorch_model-00001-of-00002.bin",
          "training_args.bin",
        ],
        ...["model.safetensors.index.json", "model-00001-of-00002.safetensors", "model.fp16.safetensors"],
        ...["consolidated.safetensors", "consolidated.00.pth", "original/consolidated.00.pth", "original/params.json"],
        ...["tf_model.h5", "flax_model.msgpack", "rust_model.ot", "model.onnx", "onnx/model.onnx", "onnx/config.json"],
        ...[
          "openvino/openvino_model.xml",
          "openvino_model.bin",
          "coreml/a/model.mlmodel",
          "Model-Q4.GGUF",
          "optimizer.pt",
        ],
        ...["checkpoint-500/model.safetensors", ".gitattributes", "picture.PNG", "runs/events.out.tfevents.1"],
      ];
      const kept = { ...MODEL, "modeling.py": "", "tokenizer.model": "", "vocab.txt": "", "chat_template.jinja": "" };
      hub.commit("org/model", { ...Object.fromEntries(left.map((name) => [name, "{}"])), ...kept });
      await fetches("hf://org/model");
      assert.deepEqual(fetched(), Object.keys(kept).sort());
    });

    it("takes PyTorch's weights in a folder without safetensors", async () => {
      const dense = { "2_Dense/config.json": "{}", "2_Dense/pytorch_model.bin": "dense" };
      hub.commit("org/both", { ...MODEL, "pytorch_model.bin": "other", ...dense });
      await fetches("hf://org/both");
      assert.deepEqual(fetched(), [...Object.keys(MODEL), ...Object.keys(dense)].sort());
      hub.commit("org/old", {
        "config.json": "{}",
        "pytorch_model.bin": "old",
        "tf_model.h5": "",
        "training_args.bin": "",
      });
      await fetches("hf://org/old");
      assert.deepEqual(fetched(), ["config.json", "pytorch_model.bin"]);
    });

    it("takes the parts of weights that their index names", async () => {
      const index = (...parts: string[]) =>
        JSON.stringify({ weight_map: Object.fromEntries(parts.map((part, layer) => [`layers.${layer}`, part])) });
      const [first, second, left] = ["1-of-00002", "2-of-00002", "1-of-00003"].map(
        (each) => `model-0000${each}.safetensors`,
      );
      const parts = { [first!]: "first", [second!]: "second" };
      const model = { "config.json": "{}", "model.safetensors.index.json": index(first!, second!, first!), ...parts };
      hub.commit("org/model", { ...model, [left!]: "left", "pytorch_model.bin.index.json": "{}" });
      await fetches("hf://org/model");
      assert.deepEqual(fetched(), Object.keys(model).sort());
      hub.commit("org/model", { ...model, "model.safetensors.index.json": index(first!, "lost.safetensors") });
      await refuses(
        "The model cannot be served: model.safetensors.index.json names lost.safetensors, which the repo does not hold.",
        "hf://org/model",
      );
      hub.commit("org/model", { ...model, "model.safetensors.index.json": "[]" });
      await refuses(
        /^The model cannot be served: model\.safetensors\.index\.json is no index of weights/,
        "hf://org/model",
      );
    });

    it("says that a model is larger than its room, and fetches nothing of it", async () => {
      hub.commit("org/model", {
        ...MODEL,
        "model.safetensors": Buffer.alloc(1.5 * 2 ** 20),
        "pytorch_model.bin": LARGE,
      });
      const said = "model is 1.5Mi, modelSize is 1Mi: set `modelSize` to more.";
      await refuses(said, "hf://org/model", { MODEL_SIZE: String(2 ** 20) });
      assert.deepEqual(hub.sent, []);
      await fetches("hf://org/model", { MODEL_SIZE: String(2 * 2 ** 20) });
    });

    it("refuses what no server can load, with the reason", async () => {
      hub.commit("org/adapter", { "adapter_config.json": "{}", "adapter_model.safetensors": "" });
      await refuses(
        "The model cannot be served: the repo holds no config.json, but adapter_config.json, adapter_model.safetensors.",
        "hf://org/adapter",
      );
      hub.commit("org/gguf", { "config.json": "{}", "model.gguf": "", "README.md": "" });
      await refuses(
        "The model cannot be served: the repo holds no weights as .safetensors or pytorch_model.bin, but README.md, config.json.",
        "hf://org/gguf",
      );
      assert.deepEqual(hub.sent, []);
    });

    it("fetches a private or gated model with a token, which the Hub alone gets", async () => {
      hub.commit("org/private", MODEL);
      hub.commit("org/gated", MODEL);
      hub.restrict("org/private", "private");
      hub.restrict("org/gated", "gated");
      for (const repo of ["org/private", "org/gated"]) await fetches(`hf://${repo}`, { HF_TOKEN: `${hub.token}\n` });
      const large = hub.requests.filter(({ url }) => url.includes("Signature="));
      assert.deepEqual(new Set(large.map(({ token }) => token)), new Set([undefined]));
      assert.deepEqual(new Set(hub.requests.map(({ token }) => token)), new Set([hub.token, undefined]));
    });

    it("says what is needed where a model is not there, private or gated", async () => {
      hub.commit("org/private", MODEL);
      hub.commit("org/gated", MODEL);
      hub.restrict("org/private", "private");
      hub.restrict("org/gated", "gated");
      const token = { HF_TOKEN: hub.strangersToken };
      for (const path of ["hf://org/private", "hf://org/nothing"]) {
        const start = `The model cannot be fetched from ${path}: there is no such model, or`;
        await refuses(`${start} it is private or gated. Correct \`path\`, or set \`huggingface.token\`.`, path);
        await refuses(`${start} the token may not read it. Correct \`path\`, or \`huggingface.token\`.`, path, token);
      }
      const start = "The model cannot be fetched from hf://org/gated: it is gated, and";
      await refuses(`${start} needs the token of an account with access. Set \`huggingface.token\`.`, "hf://org/gated");
      const words = "Access to model org/gated is restricted.";
      await refuses(`${start} the account of \`huggingface.token\` has no access. ${words}`, "hf://org/gated", token);
      const unknown = { HF_TOKEN: "hf_unknown" };
      const said = await refuses(
        `The model cannot be fetched from hf://org/gated: ${host()} does not know the token. Correct \`huggingface.token\`.`,
        "hf://org/gated",
        unknown,
      );
      assert.doesNotMatch(said, /hf_unknown/);
    });

    it("says that there is no such revision", async () => {
      hub.commit("org/model", MODEL);
      await refuses(
        "The model cannot be fetched from hf://org/model@v2: it has no revision v2. Correct `path`.",
        "hf://org/model@v2",
      );
    });

    it("fetches only what is missing, or damaged, when it is started again", async () => {
      hub.commit("org/model", { ...MODEL, "a/b.json": "{}" });
      await fetches("hf://org/model");
      assert.deepEqual(hub.sent, [...Object.keys(MODEL), "a/b.json"].sort());
      hub.requests.length = 0;
      await fetches("hf://org/model");
      assert.deepEqual(hub.sent, []);
      rmSync(at("a"), { recursive: true });
      writeFileSync(at("model.safetensors"), "WEIGHTS");
      await fetches("hf://org/model");
      assert.deepEqual(hub.sent, ["a/b.json", "model.safetensors"]);
      assert.equal(text("model.safetensors"), "weights");
    });

    it("goes on in the middle of a file when it was killed there", async () => {
      hub.commit("org/model", { ...MODEL, "model.safetensors": LARGE });
      hub.spoil("model.safetensors", { after: HALF, by: "stall" });
      const killed = spawn(python, [program()], { env: environment("hf://org/model", {}), stdio: "ignore" });
      const ended = new Promise((resolve) => killed.once("exit", resolve));
      const begun = () =>
        existsSync(at()) ? fetched().find((name) => name.startsWith("model.safetensors.")) : undefined;
      await until(() => statSync(at(begun() ?? ""), { throwIfNoEntry: false })?.size === 10 * 2 ** 20);
      killed.kill("SIGKILL");
      await ended;
      await fetches("hf://org/model");
      assert.deepEqual(readFileSync(at("model.safetensors")), LARGE);
      assert.deepEqual(fetched(), Object.keys(MODEL).sort());
      assert.ok(hub.requests.some(({ range, status }) => range === `bytes=${10 * 2 ** 20}-` && status === 206));
    });

    for (const by of ["cut", "stall"] as const)
      it(`goes on in the middle of a file after a connection that ${by === "cut" ? "is cut" : "falls silent"}`, async () => {
        hub.commit("org/model", { ...MODEL, "model.safetensors": LARGE });
        hub.spoil("model.safetensors", { after: HALF, by });
        hub.spoil("config.json", { after: 1, by });
        await fetches("hf://org/model", { HF_HUB_DOWNLOAD_TIMEOUT: "1" });
        assert.deepEqual(readFileSync(at("model.safetensors")), LARGE);
        assert.deepEqual(fetched(), Object.keys(MODEL).sort());
        assert.ok(hub.requests.some(({ range, status }) => range === `bytes=${10 * 2 ** 20}-` && status === 206));
      });

    it("tells how far it is as rclone does, so that readiness shows it", async () => {
      hub.commit("org/model", { ...MODEL, "model.safetensors": LARGE });
      hub.spoil("model.safetensors", { after: HALF, by: "stall" });
      const said = await fetches("hf://org/model", { HF_HUB_DOWNLOAD_TIMEOUT: "3" });
      const percents = [...said.matchAll(/^\S+i \/ 24\.0Mi, (\d+)%, \S+\/s$/gm)].map(([, percent]) => Number(percent));
      assert.ok(percents.includes(41), said);
      assert.equal(percents.at(-1), 100);
    });

    it("keeps a secret path, tokens and signatures out of what it says", async () => {
      const secrets = /secretorg|secretrepo|secretbranch|signature-of|hf_token/;
      const path = "hf://secretorg/secretrepo@secretbranch";
      const variables = { SHOWN_PATH: "the secret `path`", HF_TOKEN: hub.token, HF_HUB_DOWNLOAD_TIMEOUT: "1" };
      const from = "The model cannot be fetched from the secret `path`:";
      const outputs = [await refuses(/there is no such model/, path, variables)];
      hub.commit("secretorg/secretrepo", { ...MODEL, "model.safetensors": LARGE });
      outputs.push(await refuses(`${from} it has no such revision. Correct \`path\`.`, path, variables));
      hub.commit("secretorg/secretrepo", { ...MODEL, "model.safetensors": LARGE }, "secretbranch");
      hub.restrict("secretorg/secretrepo", "gated");
      hub.spoil("model.safetensors", { after: HALF, by: "cut" });
      outputs.push(await refuses(/is restricted/, path, { ...variables, HF_TOKEN: hub.strangersToken }));
      outputs.push(await fetches(path, variables));
      assert.match(outputs.at(-1) ?? "", /^asking for the files of the secret `path`$/m);
      hub.failing = 418;
      outputs.push(await refuses(/HfHubHTTPError: .*418.*\/api\/models\/the secret `path`\//, path, variables));
      for (const output of outputs) assert.doesNotMatch(output, secrets);
    });

    it("says that the Hub is busy, or down", async () => {
      hub.commit("org/model", MODEL);
      const from = `The model cannot be fetched from hf://org/model: ${host()}`;
      hub.failing = 429;
      await refuses(`${from} gets too many requests (429). Wait, or set \`huggingface.token\`.`, "hf://org/model");
      hub.failing = 503;
      await refuses(`${from} answers 503. Wait, or see why it is busy, or down.`, "hf://org/model");
    });

    it("says that the Hub cannot be reached", async () => {
      await refuses(
        "The model cannot be fetched from hf://org/model: 127.0.0.1:1 cannot be reached: Connection refused.",
        "hf://org/model",
        { HF_ENDPOINT: "http://user:password@127.0.0.1:1/" },
      );
      await refuses(
        "The model cannot be fetched from hf://org/model: hub.invalid cannot be reached through the proxy: Connection refused.",
        "hf://org/model",
        { HF_ENDPOINT: "http://hub.invalid", http_proxy: "http://user:password@127.0.0.1:1" },
      );
    });

    it("says that the Hub's certificate is not trusted, and trusts a given authority", async () => {
      const [key, cert] = [join(folder, "tls.key"), join(folder, "tls.crt")];
      const options = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=test",
      ];
      const more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
      execFileSync("openssl", ["req", "-x509", ...options, ...more], { stdio: "ignore" });
      const mirror = await new Hub({ tls: { key: readFileSync(key), cert: readFileSync(cert) } }).start();
      try {
        mirror.commit("org/model", MODEL);
        await refuses(
          /: failed to verify certificate of 127\.0\.0\.1:\d+: self[- ]signed certificate\. Give its authority in `storage/,
          "hf://org/model",
          { HF_ENDPOINT: mirror.endpoint },
        );
        const trusted = { SSL_CERT_FILE: cert, REQUESTS_CA_BUNDLE: cert };
        await fetches("hf://org/model", { HF_ENDPOINT: mirror.endpoint, ...trusted });
      } finally {
        await mirror.stop();
      }
    });

    it("says what the image lacks", async () => {
      const library = join(folder, "library", "huggingface_hub");
      mkdirSync(library, { recursive: true });
      const instead = { PYTHONPATH: join(folder, "library"), PYTHONDONTWRITEBYTECODE: "1" };
      writeFileSync(join(library, "__init__.py"), "raise ImportError()");
      await refuses(
        "The image's `python` has no huggingface_hub: use an image that has it.",
        "hf://org/model",
        instead,
      );
      writeFileSync(join(library, "__init__.py"), '__version__ = "0.20.3"');
      const said = "The image has huggingface_hub 0.20.3: use an image with 0.23 or later.";
      await refuses(said, "hf://org/model", instead);
    });

    it("asks a mirror for sizes that its list of files does not have", async () => {
      const mirror = await new Hub({ terse: true }).start();
      try {
        mirror.commit("org/model", MODEL);
        const said = "model is 11B, modelSize is 10B: set `modelSize` to more.";
        await refuses(said, "hf://org/model", { HF_ENDPOINT: mirror.endpoint, MODEL_SIZE: "10" });
        await fetches("hf://org/model", { HF_ENDPOINT: `${mirror.endpoint}/` });
        mirror.requests.length = 0;
        await fetches("hf://org/model", { HF_ENDPOINT: mirror.endpoint });
        assert.deepEqual([fetched(), mirror.sent], [Object.keys(MODEL).sort(), []]);
      } finally {
        await mirror.stop();
      }
    });
  });
}
