import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../src/source/fingerprint";

describe("the fingerprint of a model", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "modelserve-fingerprint-"));
    await mkdir(join(folder, "model", "data"), { recursive: true });
    await writeFile(join(folder, "model", "MLmodel"), "flavors:");
    await writeFile(join(folder, "model", "data", "model.pkl"), "pickle");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("of a file is its SHA-256", async () => {
    const expected = createHash("sha256").update("pickle").digest("hex");
    assert.equal(await fingerprint(join(folder, "model", "data", "model.pkl")), expected);
  });

  it("of a folder does not depend on where it is", async () => {
    const before = await fingerprint(join(folder, "model"));
    await rename(join(folder, "model"), join(folder, "moved"));
    assert.equal(await fingerprint(join(folder, "moved")), before);
  });

  it("of a folder changes with a file's content, its name and a new file, and not with a system's leavings", async () => {
    const model = join(folder, "model");
    const seen = [await fingerprint(model)];
    await writeFile(join(model, ".DS_Store"), "x");
    assert.equal(await fingerprint(model), seen[0]);
    await writeFile(join(model, "MLmodel"), "flavors: {}");
    seen.push(await fingerprint(model));
    await rename(join(model, "data", "model.pkl"), join(model, "data", "other.pkl"));
    seen.push(await fingerprint(model));
    await writeFile(join(model, "new"), "");
    seen.push(await fingerprint(model));
    assert.equal(new Set(seen).size, 4);
  });
});
