import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindOf } from "../../src/source/kindOf";

describe("the kind of a model", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "modelserve-kind-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const kind = (name: string, content = "") => {
    writeFileSync(join(folder, name), content);
    return kindOf(join(folder, name));
  };

  it("is told by the file's name, and where that is not enough by its first bytes", () => {
    assert.equal(kind("a.pkl"), "sklearnserve");
    assert.equal(kind("a.ubj"), "xgboostserve");
    assert.equal(kind("a.bst"), "xgboostserve");
    assert.equal(kind("b.bst", "tree\nversion=v4\n"), "lightgbmserve");
    assert.equal(kind("a.txt", "tree\nversion=v4\n"), "lightgbmserve");
    assert.equal(kind("a.cbm", "CBM1"), "catboostserve");
    assert.throws(() => kind("notes.txt", "tea"), /do not tell\. Say it by --kind: sklearnserve, /);
  });

  it("is told by a folder's files", () => {
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "iris.joblib"), "");
    assert.equal(kindOf(folder), "sklearnserve");
    writeFileSync(join(folder, "model.cbm"), "CBM1");
    assert.equal(kindOf(folder), "catboostserve");
    writeFileSync(join(folder, "config.json"), "{}");
    assert.equal(kindOf(folder), "huggingfaceserve");
    writeFileSync(join(folder, "MLmodel"), "");
    assert.equal(kindOf(folder), "mlflowserve");
    assert.throws(() => kindOf(join(folder, "sub")), /do not tell/);
    assert.throws(() => kindOf(join(folder, "nothing")), /does not exist/);
  });
});
