import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPickle } from "../../src/local/pickleReader";
import { pickleFacts } from "../../src/serving/sklearn";
import { fingerprint } from "../../src/source/fingerprint";
import { testPython } from "../models";

/** Ways to save a model, as lines of Python in which `digits` is a fitted random forest and `file` the place. */
const WAYS = {
  "by pickle": "pickle.dump(digits, open(file, 'wb'))",
  "by pickle with protocol 2": "pickle.dump(digits, open(file, 'wb'), protocol=2)",
  "by pickle with protocol 0": "pickle.dump([{1}, digits], open(file, 'wb'), protocol=0)",
  "by joblib": "joblib.dump(digits, file)",
  "by joblib with zlib": "joblib.dump(digits, file, compress=('zlib', 3))",
  "by joblib with gzip": "joblib.dump(digits, file, compress=('gzip', 3))",
  "by joblib with bz2": "joblib.dump(digits, file, compress=('bz2', 3))",
  "by joblib with xz": "joblib.dump(digits, file, compress=('xz', 3))",
  "by joblib with lzma": "joblib.dump(digits, file, compress=('lzma', 3))",
  "beside an array of texts": "joblib.dump([numpy.array(['x', 'yy']), digits], file)",
  "beside an array of objects": "joblib.dump([numpy.array([{}, None], dtype=object), digits], file)",
  "beside an array of times": "joblib.dump([numpy.array(['2020-01-01'], dtype='datetime64[D]'), digits], file)",
  "beside an array in Fortran order": "joblib.dump([numpy.asfortranarray(numpy.ones((3, 4))), digits], file)",
  "beside an empty array": "joblib.dump([numpy.zeros((0, 3)), digits], file)",
};

describe("a pickle, read without running it", function () {
  this.timeout(300_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "modelserve-pickle-"));
    const lines = Object.entries(WAYS).map(([way, line]) => `file = ${JSON.stringify(join(folder, way))}\n${line}`);
    const program = `import sys; sys.path.insert(0, ${JSON.stringify(join(__dirname, ".."))})
import joblib, numpy, os, pickle, models
digits, data = models.digits()
pickle.dump(models.Calls(os.system, ${JSON.stringify(`touch ${folder}/executed`)}), open(${JSON.stringify(join(folder, "call"))}, 'wb'))
${lines.join("\n")}`;
    execFileSync(await testPython(), ["-c", program]);
  });
  after(() => rm(folder, { recursive: true }));

  const read = async (name: string) => readPickle(join(folder, name), await fingerprint(join(folder, name)));

  for (const way of Object.keys(WAYS)) {
    it(`names its scikit-learn when saved ${way}`, async () => {
      const { sklearn, modules } = await read(way);
      assert.equal(sklearn, "1.5.2");
      assert.ok(modules.includes("sklearn") && modules.includes("numpy"), modules.join());
    });
  }

  it("is not executed", async () => {
    assert.deepEqual((await read("call")).modules, ["posix"]);
    assert.ok(!existsSync(join(folder, "executed")));
  });

  it("names modules as Python 3 does, whatever its protocol", async () => {
    const { modules } = await read("by pickle with protocol 0");
    assert.ok(modules.includes("builtins") && !modules.some((name) => ["__builtin__", "copy_reg"].includes(name)));
  });

  it("is refused when it is cut, plain or compressed", async () => {
    for (const way of ["by pickle", "by joblib", "by joblib with zlib", "by joblib with gzip"]) {
      await copyFile(join(folder, way), join(folder, "cut"));
      await truncate(join(folder, "cut"), 5000);
      await assert.rejects(read("cut"), /it is cut: the file ends in the middle of the pickle/, way);
    }
  });

  it("is refused when it is none", async () => {
    for (const text of ["not a pickle", "PK\u0003\u0004zip", "{}", "<html></html>"]) {
      await writeFile(join(folder, "text"), text);
      await assert.rejects(read("text"), /it is not a pickle/, text);
    }
  });
});

describe("the environment of a pickle", () => {
  const facts = (sklearn: string | null, numpy2 = false) => pickleFacts({ sklearn, numpy2, modules: [] }).requirements;

  it("has the scikit-learn that saved it, and a numpy that goes with it", () => {
    assert.deepEqual(facts("1.3.2"), ["scikit-learn==1.3.2", "numpy<2"]);
    assert.deepEqual(facts("1.4.1.post1"), ["scikit-learn==1.4.1.post1", "numpy<2"]);
    assert.deepEqual(facts("1.4.2"), ["scikit-learn==1.4.2"]);
    assert.deepEqual(facts("1.7.0", true), ["scikit-learn==1.7.0", "numpy>=2"]);
  });

  it("cannot be had when the pickle needs the script that saved it", () => {
    const report = { sklearn: "1.5.2", numpy2: false, modules: ["__main__", "sklearn"] };
    assert.throws(() => pickleFacts(report), /script or notebook that saved it \(`__main__`\)/);
  });

  it("has the scikit-learn that MLServer was tested with when the pickle names none", () => {
    assert.deepEqual(facts(null), ["scikit-learn==1.5.2"]);
  });
});
