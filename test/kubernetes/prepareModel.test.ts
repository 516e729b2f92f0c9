import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind } from "../../src";
import { layoutArguments } from "../../src/kubernetes/initContainers";
import { run } from "../../src/local/command";
import { flavours } from "../../src/serving/plan";
import { archive } from "../../src/source/archive";
import { testPython, train } from "../models";

const SOURCES = join(__dirname, "..", "..", "src");
const MLMODEL = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n";

describe("the program that prepares a model", function () {
  this.timeout(600_000); // the environment may have to be built
  let python: string;
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);

  before(async () => {
    python = await testPython();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "modelserve-prepare-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it as its container does. */
  const prepare = (kind: Kind, source: string, variables: Record<string, string> = {}) => {
    const program = join(SOURCES, "kubernetes", "prepare_model.py");
    return run(python, [program, ...layoutArguments(flavours[kind].layout), "mlserver", at(source), at("served")], {
      env: { ...process.env, PYTHONPATH: join(SOURCES, "source"), ...variables },
    });
  };
  const prepares = async (...args: Parameters<typeof prepare>) => {
    const { code, stdout, stderr } = await prepare(...args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const refuses = async (expected: RegExp, ...args: Parameters<typeof prepare>) => {
    const { code, stderr } = await prepare(...args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, expected);
    assert.match(stderr, /^The model cannot be served: .*\.\n$/s);
  };
  const write = (files: Record<string, string>) => {
    mkdirSync(at("model"));
    for (const [name, text] of Object.entries(files)) writeFileSync(at("model", name), text);
  };

  it("links what the server loads, and does the same again when its container is restarted", async () => {
    await train("iris", at("iris.pkl"));
    for (let time = 0; time < 2; time++) {
      await prepares("sklearnserve", "iris.pkl");
      assert.equal(readlinkSync(at("served")), at("iris.pkl"));
    }
  });

  it("unpacks an archive, whatever an earlier run left of it", async () => {
    await train("iris", at("iris.joblib"));
    writeFileSync(at("model.zip"), archive("sklearnserve", at("iris.joblib")).zip);
    mkdirSync(at("unpacked"));
    writeFileSync(at("unpacked", "left.pkl"), "");
    await prepares("sklearnserve", "model.zip");
    assert.deepEqual(readFileSync(at("served")), readFileSync(at("iris.joblib")));
  });

  it("looks whether a folder holds a configuration, and weights that its user may read", async () => {
    write({ "config.json": "{}" });
    await refuses(
      /it holds no weights \(no \.safetensors or \.bin file\), but config\.json/,
      "huggingfaceserve",
      "model",
    );
    writeFileSync(at("model", "model.safetensors"), "weights");
    await prepares("huggingfaceserve", "model");
    assert.equal(readlinkSync(at("served")), at("model"));
    rmSync(at("model", "config.json"));
    await refuses(/it holds no config\.json file, but model\.safetensors/, "huggingfaceserve", "model");
  });

  it("finds the model in a folder, MLServer's well-known names first", async () => {
    mkdirSync(at("model"));
    await train("iris", at("model", "some.pkl"));
    await prepares("sklearnserve", "model");
    assert.equal(readlinkSync(at("served")), at("model", "some.pkl"));
    await train("iris", at("model", "model.joblib"));
    await prepares("sklearnserve", "model");
    assert.equal(readlinkSync(at("served")), at("model", "model.joblib"));
  });

  it("refuses a pickle of another scikit-learn, unless the user takes the risk", async () => {
    await train("iris", at("iris.pkl"));
    const bytes = readFileSync(at("iris.pkl"), "latin1").replaceAll("1.5.2", "1.3.2");
    writeFileSync(at("iris.pkl"), bytes, "latin1");
    await refuses(
      /saved with scikit-learn 1\.3\.2, and the image has 1\.5\.2: use an image/,
      "sklearnserve",
      "iris.pkl",
    );
    const said = await prepares("sklearnserve", "iris.pkl", { ALLOW_VERSION_SKEW: "true" });
    assert.match(said, /^warning: .*1\.3\.2.*may fail, or predict something else/);
  });

  it("refuses what is no model, with the reason", async () => {
    writeFileSync(at("broken.pkl"), "nonsense");
    await refuses(/broken\.pkl cannot be loaded/, "sklearnserve", "broken.pkl");
    await refuses(/there is nothing at .*correct `path`/, "sklearnserve", "nothing.pkl");
    write({ "a.pkl": "", "b.pkl": "" });
    await refuses(/holds several models \(a\.pkl, b\.pkl\): give the file/, "sklearnserve", "model");
  });

  it("refuses a packed environment, which would not be used", async () => {
    write({ MLmodel: MLMODEL, "environment.tar.gz": "" });
    await refuses(/holds environment\.tar\.gz.*take it out/, "mlflowserve", "model");
  });

  it("refuses a folder of the other kind", async () => {
    write({ MLmodel: MLMODEL });
    await refuses(/this is an MLflow model.*use kind "mlflowserve"/, "sklearnserve", "model");
    await refuses(/it is a file; give the folder/, "mlflowserve", "model/MLmodel");
  });

  const requirements = (text: string, more: Record<string, string> = {}) =>
    write({ MLmodel: MLMODEL, "requirements.txt": text, ...more });

  it("names what an MLflow model asks for and the image lacks", async () => {
    requirements("scikit-learn==1.5.1\nnot-there-at-all==1.0\nnumpy>=1.20\nscipy==0.1 ; python_version < '3'\n");
    const said = await prepares("mlflowserve", "model");
    assert.match(said, /warning: it asks for scikit-learn==1\.5\.1, and the image has 1\.5\.2; use an image/);
    assert.match(
      said,
      /warning: it asks for not-there-at-all==1\.0, and the image has none; set `installRequirements`/,
    );
    assert.doesNotMatch(said, /numpy|scipy/);
  });

  it("refuses versions that are known to break MLflow models, unless the user takes the risk", async () => {
    requirements("scikit-learn==1.2.0\n");
    await refuses(
      /asks for scikit-learn==1\.2\.0, and the image has 1\.5\.2: use an image that has it/,
      "mlflowserve",
      "model",
    );
    await prepares("mlflowserve", "model", { ALLOW_VERSION_SKEW: "true" });
  });

  it("refuses another Python minor", async () => {
    requirements("", { "python_env.yaml": "python: 3.8.10\n" });
    await refuses(
      /saved with Python 3\.8, and the image has 3\.\d+: use an image with Python 3\.8/,
      "mlflowserve",
      "model",
    );
  });

  const FOREIGN =
    "--index-url https://example.org\n-e ./code\ngit+https://example.org/x.git\nmy @ https://example.org/my.whl\n";
  it("reports lines that are not names of releases, and refuses to install them", async () => {
    requirements(FOREIGN);
    const said = await prepares("mlflowserve", "model");
    for (const line of FOREIGN.trim().split("\n")) assert.ok(said.includes(line), line);
    const into = { INSTALL_REQUIREMENTS_INTO: at("environment") };
    await refuses(
      /which cannot be installed here: use an image that has it, or name releases/,
      "mlflowserve",
      "model",
      into,
    );
  });
});
