import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { invoke, type ModelServeArgs } from "../../src";
import { ROOT } from "../engine/stack";
import { type Expected, predictions, train } from "../models";
import { until } from "../until";
import { certificate } from "./certificate";
import { ClusterStack, kubectl, NODE, VOLUMES } from "./clusterStack";
import { runInitContainers } from "./initPods";
import { PackageIndex } from "./packageIndex";

const DIABETES = join(ROOT, "examples", "diabetes", "model");

const PROGRAM = `
const common = { namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", timeoutSeconds: 300, drainSeconds: 1,
  resources: { requests: { cpu: "50m", memory: "100Mi" } } };
const iris = new ModelServe("iris", { ...common, kind: "sklearnserve", path: "pvc://models/iris/model.pkl" });
const diabetes = new ModelServe("diabetes", { ...common, kind: "mlflowserve", path: "./diabetes", installRequirements: true,
  packageIndex: pulumi.secret(process.env.TEST_INDEX), storage: { caCertificate: require("fs").readFileSync("tls.crt", "utf8") } });
exports.iris = iris.externalUrl;
exports.diabetes = diabetes.externalUrl;`;

describe("a model on a cluster", function () {
  this.timeout(900_000);
  let stack: ClusterStack;
  let index: PackageIndex;
  let expected: Expected;

  before(async () => {
    stack = await new ClusterStack(PROGRAM).init();
    const { folder, namespace } = stack;
    index = await new PackageIndex(certificate(folder)).start();
    stack.env.TEST_INDEX = index.url;
    await stack.volume("models", `${namespace}-models`);
    mkdirSync(join(VOLUMES, `${namespace}-models`, "iris"));
    expected = await train("iris", join(folder, "model.pkl"));
    copyFileSync(join(folder, "model.pkl"), join(VOLUMES, `${namespace}-models`, "iris", "model.pkl"));
    cpSync(DIABETES, join(folder, "diabetes"), { recursive: true });
    appendFileSync(join(folder, "diabetes", "requirements.txt"), "\ntiny-package==1.0\n");
    await stack.up();
  });
  after(async () => {
    await stack.remove();
    await index.stop();
  });

  const podOf = async (model: string): Promise<any> =>
    (await stack.pods()).find(({ metadata }) => metadata.labels["app.kubernetes.io/instance"].startsWith(model));
  const exec = async (model: string, ...command: string[]) => {
    const { metadata } = await podOf(model);
    const args = ["--namespace", stack.namespace, "exec", metadata.name, "--container", "server", "--"];
    return (await kubectl(...args, ...command)).trim();
  };

  it("is served from a volume, which nobody can write to", async () => {
    const { iris } = await stack.outputs();
    await until(async () => isDeepStrictEqual(await predictions(iris, expected).catch(() => []), expected.predictions));
    const { volumes, containers, initContainers } = (await podOf("iris")).spec;
    const claim = volumes.find(({ name }: any) => name === "claim").persistentVolumeClaim;
    assert.deepEqual(claim, { claimName: "models", readOnly: true });
    for (const { volumeMounts } of [...containers, ...initContainers])
      assert.equal(volumeMounts.find(({ name }: any) => name === "claim").readOnly, true);
    await assert.rejects(exec("iris", "touch", "/mnt/claim/x"));
  });

  it("of MLflow gets the packages that it asks for and the image lacks, from a private index", async () => {
    assert.equal(await exec("diabetes", "python", "-c", "import tiny_package; print(tiny_package.ANSWER)"), "42");
    assert.match(await exec("diabetes", "python", "-c", "import numpy; print(numpy.__file__)"), /^\/opt\/conda\//);
    assert.ok(index.credentials.includes("user:password"));
    const state = await stack.ok("stack", "export");
    for (const where of [state, JSON.stringify(await podOf("diabetes"))]) assert.doesNotMatch(where, /user:password/);
  });

  it("of MLflow predicts by the names of its columns", async () => {
    const { diabetes } = await stack.outputs();
    const columns = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"];
    const inputs = columns.map((name) => ({ name, shape: [1], datatype: "FP64" as const, data: [0.01] }));
    const { outputs } = await invoke(diabetes, { inputs }, { modelName: "diabetes" });
    assert.equal(typeof outputs[0]?.data[0], "number");
  });

  it("gives no diff when nothing changed", () => stack.up("--expect-no-changes"));

  it("of MLflow is refused with the reason when the image cannot serve it", async () => {
    const variant = (name: string, edit: (folder: string) => void): string => {
      const folder = join(stack.folder, name);
      cpSync(DIABETES, folder, { recursive: true });
      edit(folder);
      return folder;
    };
    const replaced = (file: string, from: string | RegExp, to: string) => (folder: string) =>
      writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace(from, to));
    const python = (folder: string) => {
      replaced("python_env.yaml", "3.11.7", "3.9.1")(folder);
    };
    const CASES: Record<string, [path: string, expected: RegExp, more?: Partial<ModelServeArgs>]> = {
      "other-python": [
        variant("a", python),
        /it was saved with Python 3\.9, and the image has 3\.\d+: use an image with/,
      ],
      "other-numpy": [
        variant("b", replaced("requirements.txt", "numpy==1.26.4", "numpy==2.1.0")),
        /it asks for numpy==2\.1\.0, and the image has 1\.26\.4: use an image that has it, or set `allowVersionSkew`/,
      ],
      skops: [
        variant("c", replaced("MLmodel", "serialization_format: cloudpickle", "serialization_format: skops")),
        /saved in the format skops, which the image's mlflow 2\.19\.0 cannot read: save it by/,
      ],
      "conda-only": [
        variant("d", replaced("conda.yaml", "- pip\n", "- libgdal=3.1\n  - pip\n")),
        /its requirements have libgdal=3\.1 \(conda\), which cannot be installed here: use an image that has it/,
        { installRequirements: true },
      ],
      "not-in-the-index": [
        variant("e", (folder) => appendFileSync(join(folder, "requirements.txt"), "\nnot-there-at-all==1.0\n")),
        /not-there-at-all==1\.0 cannot be installed beside the image's packages: .*No matching distribution/,
        {
          installRequirements: true,
          packageIndex: index.url,
          storage: { caCertificate: readFileSync(join(stack.folder, "tls.crt"), "utf8") },
        },
      ],
    };
    const models = Object.entries(CASES).map(([name, [path, , more]]): [string, ModelServeArgs] => [
      name,
      { kind: "mlflowserve", path, ...more },
    ]);
    const ended = await runInitContainers(stack.namespace, Object.fromEntries(models));
    for (const [name, [, message]] of Object.entries(CASES)) {
      const last = ended[name]?.at(-1);
      assert.deepEqual([last?.name, last?.exitCode], ["prepare-model", 1], name);
      assert.match(last?.message ?? "", message);
    }
  });
});
