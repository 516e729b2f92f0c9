import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(__dirname, "..", "docs");

describe("the documentation", () => {
  it("has a table of every argument, which `npm run docs` writes from the sources", async () => {
    const { argumentsPage } = await import(join(__dirname, "..", "scripts", "arguments.mjs"));
    assert.equal(readFileSync(join(DOCS, "arguments.md"), "utf8"), argumentsPage());
  });
});
