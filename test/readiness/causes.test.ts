import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CAUSES } from "../../src/readiness/causes";
import { findingsOf } from "../../src/readiness/diagnosis";
import { incidents } from "./objects";
import { CONTAINERS } from "./recordedContainers";
import { HUB } from "./recordedHub";
import { PODS, type Recorded, STARTS } from "./recordedPods";
import { PULLS } from "./recordedPulls";

const RECORDED = new Map<string, Recorded[]>();
for (const [cause, recorded] of [PODS, PULLS, STARTS, CONTAINERS, HUB].flatMap(Object.entries<Recorded[]>))
  RECORDED.set(cause, [...(RECORDED.get(cause) ?? []), ...recorded]);

describe("the cause of a model that does not serve", () => {
  for (const [cause, recorded] of RECORDED)
    it(`is ${cause}`, () => {
      for (const each of recorded) {
        const [finding] = findingsOf(incidents(each), new Map());
        assert.equal(finding?.cause, cause, finding?.what);
      }
    });

  it("is one of those in the table, all of which are recorded", () => {
    assert.deepEqual([...RECORDED.keys()].sort(), Object.keys(CAUSES).sort());
    assert.ok([...RECORDED.values()].every((recorded) => recorded.length > 0));
  });
});

/** The backticked words of a sentence. */
const quoted = (sentence: string) => [...sentence.matchAll(/`([^`]*)`/g)].map(([, word = ""]) => word);

describe("what to do next", () => {
  it("is said in one sentence", () => {
    for (const [cause, { next }] of Object.entries(CAUSES))
      assert.match(next.replaceAll(/`[^`]*`/g, "x"), /^[A-Z][^.!?\n]*\.$/, cause);
  });

  it("names arguments as they are written", () => {
    const { resources, types } = JSON.parse(readFileSync(join(__dirname, "..", "schema.json"), "utf8"));
    const all = resources["modelserve:index:ModelServe"].inputProperties;
    const groups: Record<string, object> = {
      smokeTest: types["modelserve:index:SmokeTestArgs"].properties,
      huggingface: types["modelserve:index:HuggingfaceArgs"].properties,
      storage: types["modelserve:index:StorageArgs"].properties,
      networkPolicy: types["modelserve:index:NetworkPolicyArgs"].properties,
      podSecurityContext: types["modelserve:index:PodSecurityContext"].properties,
    };
    const PROGRAMS = /^(kubectl describe \w+|mlserver|python|sh|rclone)$/;
    for (const [cause, { next }] of Object.entries(CAUSES))
      for (const word of quoted(next).filter((word) => !PROGRAMS.test(word))) {
        const [name = "", field] = word.replace(/: .*/, "").split(".");
        assert.ok(name in all, `${cause}: ${word}`);
        if (field !== undefined) assert.ok(field in (groups[name] ?? {}), `${cause}: ${word}`);
      }
  });
});
