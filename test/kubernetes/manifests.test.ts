import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Manifest, render } from "./render";
import { scenarios } from "./scenarios";

const GOLDEN = join(__dirname, "manifests");

describe("the manifests of a model", () => {
  const folder = mkdtempSync(join(tmpdir(), "modelserve-manifests-"));
  const file = join(folder, "model.pkl");
  writeFileSync(file, "a model");
  after(() => rmSync(folder, { recursive: true }));
  const all = scenarios(file);

  for (const [name, args] of Object.entries(all)) {
    it(`are those in manifests/${name}.yaml, which UPDATE_GOLDEN=1 rewrites`, async () => {
      const golden = join(GOLDEN, `${name}.yaml`);
      const text = (await render(args)).map(readable).join("---\n");
      if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, "utf8"));
    });
  }

  it("are kept for these models alone", () => {
    assert.deepEqual(
      readdirSync(GOLDEN).sort(),
      Object.keys(all)
        .map((name) => `${name}.yaml`)
        .sort(),
    );
  });
});

/** As YAML, in which programs have their names in place of their text. */
function readable(manifest: Manifest): string {
  const data = Object.entries(manifest.data ?? {}).map(([name, text]) => [
    name,
    /\.(py|sh)$/.test(name) ? `the program ${name}` : text,
  ]);
  const shown =
    manifest.kind === "ConfigMap" && manifest.data ? { ...manifest, data: Object.fromEntries(data) } : manifest;
  return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
}
