import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind } from "../../src";
import { type PickleReader, readArtifact } from "../../src/source/artifact";

const MLMODEL = `flavors:
  python_function:
    loader_module: mlflow.sklearn
    python_version: 3.10.4
mlflow_version: 2.19.0
`;

describe("a model on this machine", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "modelserve-artifact-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const reader: PickleReader = async () => ({ sklearn: "1.5.2", numpy2: false, modules: ["sklearn"] });
  const read = (kind: Kind, name: string) => readArtifact(kind, join(folder, name), reader);
  const write = (name: string, text = "") => writeFile(join(folder, name), text);

  it("for sklearnserve is the file, or the one in a folder, MLServer's well-known names first", async () => {
    await write("iris.pkl");
    assert.equal((await read("sklearnserve", "iris.pkl")).file, join(folder, "iris.pkl"));
    assert.equal((await read("sklearnserve", ".")).file, join(folder, "iris.pkl"));
    await write("model.joblib");
    assert.equal((await read("sklearnserve", ".")).file, join(folder, "model.joblib"));
  });

  it("for mlflowserve is the folder, with the requirements and the Python that it names", async () => {
    await write("MLmodel", MLMODEL);
    await write("requirements.txt", "mlflow==2.19.0\n# a comment\nscikit-learn==1.5.2 # another\n\n");
    const { requirements, pythons, light } = await read("mlflowserve", ".");
    assert.deepEqual(
      { requirements, pythons, light },
      { requirements: ["mlflow==2.19.0", "scikit-learn==1.5.2"], pythons: ["3.10"], light: true },
    );
  });

  it("for mlflowserve falls back on conda.yaml, then on the MLflow that saved it", async () => {
    await write("MLmodel", MLMODEL);
    assert.deepEqual((await read("mlflowserve", ".")).requirements, ["mlflow==2.19.0"]);
    await write("conda.yaml", "dependencies:\n- python=3.10\n- pip\n- pip:\n  - mlflow==2.19.0\n  - numpy==1.26.4\n");
    assert.deepEqual((await read("mlflowserve", ".")).requirements, ["mlflow==2.19.0", "numpy==1.26.4"]);
  });

  it("for mlflowserve has a worker process when its library is not known to be light", async () => {
    await write("MLmodel", MLMODEL.replace("mlflow.sklearn", "mlflow.pytorch"));
    assert.equal((await read("mlflowserve", ".")).light, false);
  });

  it("for xgboostserve asks for the XGBoost that saved it, in JSON and in UBJSON, else for the one that was tested", async () => {
    const asks = async (end: string) => {
      await writeFile(join(folder, "model.json"), `{"learner":${" ".repeat(500)}{}${end}`, "latin1");
      return (await read("xgboostserve", "model.json")).requirements[0];
    };
    assert.equal(await asks(',"version":[3,2,0]}'), "xgboost==3.2.0");
    assert.equal(await asks("L\0\0\0\0\0\0\0\x07version[#L\0\0\0\0\0\0\0\x03i\x03i\x02i\0}"), "xgboost==3.2.0");
    assert.equal(await asks("}"), "xgboost==2.1.2");
  });

  it("for customserve is the folder as it is, with the requirements that it names", async () => {
    await write("requirements.txt", "toolz # for fun\n");
    assert.deepEqual((await read("customserve", ".")).requirements, ["toolz"]);
    await write("weights.bin");
    await assert.rejects(read("customserve", "weights.bin"), /is a file\. Give the folder that holds it/);
  });

  it("is said to be another kind's when a folder holds the file of that", async () => {
    await write("model.cbm");
    await assert.rejects(read("lightgbmserve", "."), /holds no \.bst, \.txt or \.lgb file\..*use kind "catboostserve"/);
  });

  const refused = (what: string, kind: Kind, files: Record<string, string>, name: string, expected: RegExp) =>
    it(`is refused ${what}`, async () => {
      await mkdir(join(folder, "model"));
      for (const [file, text] of Object.entries(files)) await write(join("model", file), text);
      await assert.rejects(read(kind, name), expected);
    });

  const POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
  refused(
    "when it does not exist",
    "sklearnserve",
    {},
    "nothing.pkl",
    /nothing\.pkl" does not exist\. Relative paths start at the program's folder/,
  );
  refused(
    "as a Git LFS pointer",
    "sklearnserve",
    { "a.pkl": POINTER },
    "model/a.pkl",
    /is a Git LFS pointer.*`git lfs pull`/,
  );
  refused("as a Git LFS pointer to an MLmodel", "mlflowserve", { MLmodel: POINTER }, "model", /is a Git LFS pointer/);
  refused(
    "in a folder without a pickle",
    "sklearnserve",
    { "a.txt": "" },
    "model",
    /holds no \.joblib, \.pickle or \.pkl file/,
  );
  refused(
    "in a folder with two",
    "sklearnserve",
    { "a.pkl": "", "b.pkl": "" },
    "model",
    /several models \(a\.pkl, b\.pkl\)/,
  );
  refused(
    "as MLflow's, for sklearnserve",
    "sklearnserve",
    { MLmodel: "" },
    "model",
    /is an MLflow model .*use kind "mlflowserve"/,
  );
  refused("without MLmodel", "mlflowserve", { "a.txt": "" }, "model", /holds no MLmodel file\.$/);
  refused(
    "as a pickle's folder, for mlflowserve",
    "mlflowserve",
    { "model.pkl": "" },
    "model",
    /It holds model\.pkl: for that use kind "sklearnserve"/,
  );
  refused("as a file, for mlflowserve", "mlflowserve", { "a.txt": "" }, "model/a.txt", /is a file\. Give the folder/);
  refused("with an MLmodel that is not YAML", "mlflowserve", { MLmodel: "a: [" }, "model", /MLmodel is not YAML/);
  refused(
    "with no python_function",
    "mlflowserve",
    { MLmodel: "flavors: {}" },
    "model",
    /names no python_function flavour/,
  );
});
