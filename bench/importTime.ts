import { execFileSync } from "node:child_process";
import { type Row, row } from "./measure";

const PEER = "@pulumi/pulumi";

const PROGRAM = `const start = performance.now();
require("${PEER}");
const peer = performance.now();
require("modelserve");
console.log(JSON.stringify([(performance.now() - start) / 1000, (peer - start) / 1000]));`;

/** The time that importing the library takes on top of its peer, both in one new Node process for each repeat. */
export function importTime(repeats: number): Row[] {
  const times = Array.from({ length: repeats }, () => {
    return JSON.parse(execFileSync(process.execPath, ["-e", PROGRAM], { encoding: "utf8" })) as [number, number];
  });
  const [both, peer] = [times.map(([first]) => first), times.map(([, second]) => second)];
  return [row("importing the library after its peer", `importing ${PEER}`, both, peer, "aim 30 ms more")];
}
