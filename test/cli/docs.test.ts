import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../src/cli/exit";
import { STATES } from "../../src/cli/modelStatus";

describe("docs/status.md", () => {
  const rows = readFileSync(join(__dirname, "..", "..", "docs", "status.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  it("says what the states mean, as the help does", () => {
    const table = rows.filter(([, first = ""]) => first.replaceAll("`", "") in STATES);
    assert.deepEqual(Object.fromEntries(table.map(([, state = "", text]) => [state.slice(1, -1), text])), STATES);
  });

  it("lists the exit codes", () => {
    const codes = rows.map(([, first]) => first).filter((cell) => /^\d$/.test(cell ?? ""));
    assert.deepEqual(codes.map(Number), Object.values(EXIT));
  });
});
