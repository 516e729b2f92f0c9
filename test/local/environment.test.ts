import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EnvironmentSpec, pythonEnvironment } from "../../src/local/environment";
import { findUv } from "../../src/local/uv";

const SPEC: EnvironmentSpec = { requirements: ["scikit-learn==0.1"], pythons: ["3.11", "3.10"], modules: [] };

describe("a Python environment", () => {
  let folder: string;
  const before = { ...process.env };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "modelserve-environment-"));
    process.env.MODELSERVE_CACHE = join(folder, "cache");
  });
  afterEach(async () => {
    process.env.MODELSERVE_CACHE = before.MODELSERVE_CACHE ?? "";
    process.env.MODELSERVE_UV = before.MODELSERVE_UV ?? "";
    await rm(folder, { recursive: true });
  });

  /** Puts a stand-in in uv's place: a shell script that sees uv's arguments. */
  async function standIn(script: string): Promise<void> {
    const file = join(folder, "uv");
    await writeFile(
      file,
      `#!/bin/sh\ncase "$*" in --version) exit 0;; esac\necho "$*" >> ${folder}/calls\n${script}\n`,
    );
    await chmod(file, 0o755);
    process.env.MODELSERVE_UV = file;
  }

  const leftInCache = () => readdir(join(folder, "cache", "environments")).catch(() => []);

  it("that no Python can have names the Pythons tried and what uv said, and leaves nothing", async () => {
    await standIn(`case "$*" in *" venv "*) exit 0;; esac; echo "error: No solution found" >&2; exit 1`);
    await assert.rejects(pythonEnvironment(SPEC), (error: Error) => {
      assert.match(error.message, /No Python environment with scikit-learn==0\.1 could be made/);
      assert.match(error.message, /Python 3\.11: No solution found\n {2}Python 3\.10: No solution found/);
      assert.match(error.message, /set allowVersionSkew/);
      return true;
    });
    assert.deepEqual(await leftInCache(), []);
  });

  it("falls back on the tested versions with a warning when skew is allowed", async () => {
    await standIn(`case "$*" in *" venv "*) exit 0;; esac
for list; do :; done
grep -q "scikit-learn==1.5.2" "$list" && exit 0
echo "error: No solution found" >&2; exit 1`);
    const warnings: string[] = [];
    await pythonEnvironment({
      ...SPEC,
      skew: { tested: { "scikit-learn": "1.5.2" }, warn: (text) => warnings.push(text) },
    });
    assert.match(
      warnings.join(),
      /versions that the server was tested with are used instead: scikit-learn==1\.5\.2.*predict_proba/s,
    );
  });

  it("without any Python says what was tried", async () => {
    await standIn(
      `echo "error: No interpreter found for Python 3.11 in managed installations or search path" >&2; exit 2`,
    );
    await assert.rejects(pythonEnvironment(SPEC), /Python 3\.11: No interpreter found .*install a Python/s);
  });

  it("on a full disk says so, whatever was tried", async () => {
    await standIn(
      `case "$*" in *" venv "*) exit 0;; esac; echo "error: failed to write: No space left on device (os error 28)" >&2; exit 1`,
    );
    await assert.rejects(pythonEnvironment(SPEC), /No disk space is left .*MODELSERVE_CACHE/);
    assert.deepEqual(await leftInCache(), []);
  });

  it("in a cache that cannot be written says which, and what to do", async () => {
    await standIn("exit 0");
    await writeFile(join(folder, "cache"), "a file in the way");
    await assert.rejects(
      pythonEnvironment(SPEC),
      /The cache folder cannot be written: .*ENOTDIR.* name another one in MODELSERVE_CACHE/,
    );
  });

  it("is made once for the same requirements, which is announced", async () => {
    await standIn("exit 0");
    const said: string[] = [];
    const spec = { ...SPEC, announce: (message: string) => void said.push(message) };
    const [first, second] = [await pythonEnvironment(spec), await pythonEnvironment(spec)];
    assert.equal(first, second);
    assert.deepEqual(said, ["Building a Python environment with scikit-learn==0.1; it is kept for the next time."]);
    assert.equal((await readdir(join(folder, "cache", "environments"))).length, 1);
  });

  it("without a module that the model imports names it, and the argument for it", async () => {
    await standIn("exit 0");
    const environment = await pythonEnvironment(SPEC);
    const bin = join(environment, "env", "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "python"), "#!/bin/sh\necho my_package\n");
    await chmod(join(bin, "python"), 0o755);
    await assert.rejects(
      pythonEnvironment({ ...SPEC, modules: ["my_package"] }),
      /imports "my_package", which its Python environment lacks.*`requirements`/,
    );
  });
});

describe("uv", () => {
  it("that cannot be run is an error that says what was tried", async () => {
    const before = process.env.MODELSERVE_UV;
    process.env.MODELSERVE_UV = "/nowhere/uv";
    try {
      await assert.rejects(findUv(), /No usable uv.*`\/nowhere\/uv --version`: .*ENOENT.*MODELSERVE_UV/s);
    } finally {
      process.env.MODELSERVE_UV = before ?? "";
    }
  });
});
