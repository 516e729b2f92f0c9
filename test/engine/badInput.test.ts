import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { lineOf, tried } from "../faults";
import { type Expected, predictions, train } from "../models";
import { recordFiles } from "./cache";
import { Stack } from "./stack";

/** A program with one model; `args` are the source text of what differs from a good one. */
const program = (args: string, name = "iris") => `
const model = new ModelServe("${name}", { kind: "sklearnserve", path: "model.pkl", localExecution: true, ${args} });
exports.url = model.url;`;

const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;

describe("bad input, as the CLI shows it", function () {
  this.timeout(300_000);
  let stack: Stack;
  let good: Buffer;
  let expected: Expected;

  before(async () => {
    stack = await new Stack("").init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    good = readFileSync(join(stack.folder, "model.pkl"));
    mkdirSync(join(stack.folder, "empty"));
    writeFileSync(join(stack.folder, "text.pkl"), "sepal,petal\n1,2\n");
    writeFileSync(join(stack.folder, "cut.pkl"), good.subarray(0, good.length / 2));
    writeFileSync(join(stack.folder, "pointer.pkl"), LFS_POINTER);
    writeFileSync(join(stack.folder, "notebook.pkl"), "c__main__\nClassifier\n.");
    writeFileSync(join(stack.folder, "foreign.pkl"), "cherbarium.models\nClassifier\n.");
    writeFileSync(join(stack.folder, "newer.pkl"), good.toString("latin1").replace("1.5.2", "1.5.9"), "latin1");
    writeFileSync(join(stack.folder, "file"), "");
  });
  afterEach(async () => {
    delete stack.env.MODELSERVE_UV;
    stack.env.MODELSERVE_CACHE = stack.cache;
    assert.equal(await stack.server(), undefined, "a server is left in the state");
    assert.deepEqual(recordFiles(stack.cache), []);
  });
  after(() => stack.remove());

  /** What a command that fails says, which must be for people: without a stack or an object's inside. */
  async function complaint(args: string, command = ["preview"]): Promise<string> {
    stack.write(program(args));
    const text = await stack.fails(...command);
    assert.doesNotMatch(text, /^\s+at |\[object|undefined/m);
    return text;
  }

  it("reports all problems of plain values at once", async () => {
    const text = await complaint(`path: undefined, modelName: "my iris", replicas: 0, port: 1.5`);
    assert.match(text, /ModelServe "iris" has 5 problems:/);
    for (const argument of ["path", "modelName", "replicas", "port"])
      assert.match(text, new RegExp(`^\\s+${argument}: `, "m"));
  });

  const PREVIEWED: [string, string, RegExp][] = [
    ["a path where nothing is", `path: "nowhere.pkl"`, /"nowhere\.pkl" does not exist\. .*train the model first/],
    ["a folder without MLmodel", `kind: "mlflowserve", path: "empty"`, /The folder "empty" holds no MLmodel file/],
    ["a folder without a model", `path: "empty"`, /The folder "empty" holds no \.joblib, \.pickle or \.pkl file/],
    ["a file that is no pickle", `path: "text.pkl"`, /"text\.pkl" cannot be served: .*not a pickle/],
    ["a pickle that is cut", `path: "cut.pkl"`, /"cut\.pkl" cannot be served: .*cut/],
    ["a pickle of a notebook's class", `path: "notebook.pkl"`, /"notebook\.pkl" cannot be served: .*`__main__`/],
    ["a Git LFS pointer", `path: "pointer.pkl"`, /"pointer\.pkl" .*Git LFS.*git lfs pull/],
    ["another content than `sha256` asks for", `sha256: "${"0".repeat(64)}"`, /but `sha256` asks for 0000/],
    ["a remote path that is known later", `path: pulumi.output("s3://models/iris.pkl")`, /must be fetched \(s3:\/\/\)/],
    [
      "a URL that names no file",
      `path: "file://models/iris.pkl"`,
      /It is not the URL of a file \(file:\/\/\/absolute\/path\)/,
    ],
    ["a secret in settings", `serverSettings: { server_name: pulumi.secret("x") }`, /serverSettings: It is a secret/],
    ["a name that is known later", `modelName: pulumi.output("my iris")`, /modelName: "my iris" is not a model name/],
  ];
  for (const [name, args, message] of PREVIEWED) {
    it(`names ${name} in the preview`, async () => {
      assert.match(await complaint(args), message);
    });
  }

  it("names a package that the model needs and its environment lacks", async () => {
    const text = await complaint(`path: "foreign.pkl"`, ["up", "--yes", "--skip-preview"]);
    assert.match(text, /The model imports "herbarium", which its Python environment lacks\. .*`requirements`/);
    tried({
      fault: "the model needs a package that its environment lacks",
      happens: "the update fails before a server is started",
      reads: lineOf(text, /The model imports/),
    });
  });

  it("ends a server whose model is not ready in time, and keeps its log", async () => {
    await train("slow", join(stack.folder, "slow.pkl"));
    const text = await complaint(`path: "slow.pkl", timeoutSeconds: 4, drainSeconds: 1`, [
      "up",
      "--yes",
      "--skip-preview",
    ]);
    assert.match(text, /The model was not ready within 4 s \(`timeoutSeconds`\)/);
    const [, log = ""] = /The last lines of its log, (.*):/.exec(text) ?? [];
    assert.ok(existsSync(log));
    assert.deepEqual(stack.processes(), []);
    removeServer(dirname(log));
    tried({
      fault: "a model is not ready in time",
      happens: "the update fails, the server is ended, its log is kept",
      reads: lineOf(text, /The model was not ready/),
    });
  });

  it("names the other model with the same port in the preview", async () => {
    const text = await complaint(`port: 18084 });
new ModelServe("other", { kind: "sklearnserve", path: "model.pkl", localExecution: true, port: 18084`);
    assert.match(
      text,
      /has a problem: 18084 is that of model "\w+" of this program as well\. Give each its own, or none/,
    );
  });

  it("names a port that is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = other.address() as { port: number };
      const text = await complaint(`port: ${port}`, ["up", "--yes", "--skip-preview"]);
      assert.match(text, new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is in use by another program`));
      tried({
        fault: "the port that is asked for is in use",
        happens: "the update fails before a server is started",
        reads: lineOf(text, /Port/).replace(String(port), "8080"),
      });
    } finally {
      other.close();
    }
  });

  it("names the Pythons for which no version that the pickle asks for can be had", async () => {
    const text = await complaint(`path: "newer.pkl"`, ["up", "--yes", "--skip-preview"]);
    assert.match(text, /No Python environment with .*scikit-learn==1\.5\.9.* could be made/);
    for (const python of ["3.11", "3.12", "3.10", "3.9"]) assert.match(text, new RegExp(`Python ${python}: `));
  });

  it("serves such a pickle with `allowVersionSkew`, and warns", async () => {
    stack.write(program(`path: "newer.pkl", allowVersionSkew: true`));
    const text = await stack.up();
    assert.match(text, /warning: No Python environment .*predict other values/s);
    assert.deepEqual(await predictions((await stack.outputs()).url, expected), expected.predictions);
    await stack.ok("destroy", "--yes", "--skip-preview");
  });

  it("names a cache folder that cannot be written", async () => {
    stack.env.MODELSERVE_CACHE = join(stack.folder, "file");
    const text = await complaint("");
    assert.match(text, /The cache folder cannot be written: .*MODELSERVE_CACHE/);
    tried({
      fault: "the cache folder cannot be written",
      happens: "the preview fails",
      reads: lineOf(text, /The cache folder/),
    });
  });

  it("says what was tried when no uv can be had", async () => {
    stack.env.MODELSERVE_CACHE = join(stack.folder, "empty");
    stack.env.MODELSERVE_UV = join(stack.folder, "file");
    assert.match(await complaint(""), /No usable uv.*Tried:.*pip install uv/s);
  });

  it("says that the disk is full", async () => {
    const uv = join(stack.folder, "uv");
    writeFileSync(
      uv,
      `#!/bin/sh
case "$*" in
  --version) exit 0 ;;
  *" venv "*) echo "error: No space left on device (os error 28)" >&2; exit 2 ;;
esac
until [ "$1" = python ]; do shift; done
shift
exec python3 "$@"
`,
    );
    chmodSync(uv, 0o755);
    stack.env.MODELSERVE_CACHE = join(stack.folder, "empty");
    stack.env.MODELSERVE_UV = uv;
    const text = await complaint("", ["up", "--yes", "--skip-preview"]);
    assert.match(text, /No disk space is left for the Python environment.*MODELSERVE_CACHE/);
  });
});

/** Removes what a failed start leaves for the user to read: the server's folder with its log, and its record. */
function removeServer(folder: string): void {
  rmSync(folder, { recursive: true });
  rmSync(`${folder.replace(/-[0-9a-f]{8}$/, "")}.json`);
}
