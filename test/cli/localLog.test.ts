import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localLog } from "../../src/cli/localLog";
import type { LocalPlace } from "../../src/cli/models";
import { machineId } from "../../src/local/machine";

describe("the log file of a server on this machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "modelserve-log-"));
  const log = join(folder, "server.log");
  after(() => rmSync(folder, { recursive: true }));

  /** What is printed of a log. */
  async function printed(text: string, tail?: number): Promise<string[]> {
    writeFileSync(log, text);
    const process = { server: "none", pid: 1, bootId: "", log };
    const place = { on: "machine", server: { machine: machineId(), process } } as LocalPlace;
    const lines: string[] = [];
    const { log: print } = console;
    console.log = (line) => lines.push(line);
    await localLog({ name: "iris", urn: "", stackOutputs: [] }, place, { cwd: ".", tail }).finally(() => {
      console.log = print;
    });
    return lines;
  }

  const all = Array.from({ length: 20_000 }, (_, index) => `line ${index}, längst`); // several blocks
  for (const [end, text] of Object.entries({
    "a line's end": `${all.join("\n")}\n`,
    "an unfinished line": all.join("\n"),
  })) {
    it(`with ${end}: is printed whole, or from any line on`, async () => {
      assert.deepEqual(await printed(text), all);
      for (const tail of [1, 2, 5_000, 19_999]) assert.deepEqual(await printed(text, tail), all.slice(-tail));
      for (const tail of [20_000, 20_001]) assert.deepEqual(await printed(text, tail), all);
    });
  }

  it("that is empty: nothing is printed", async () => {
    assert.deepEqual([await printed(""), await printed("", 5)], [[], []]);
  });
});
