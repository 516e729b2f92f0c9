import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../src";
import { gated } from "../src/gate";

const GOOD: ModelServeArgs = { kind: "sklearnserve", path: "s3://models/iris/model.pkl" };

/** A value that Pulumi knows only later. */
const later = <T>(value: T) => pulumi.output(Promise.resolve(value)) as unknown as T;

/** What a program would be refused with, and the values that resources would get. */
async function pass(change: Record<string, unknown>): Promise<{ problems: string[]; args: any }> {
  const problems: string[] = [];
  const args = gated("iris", { ...GOOD, ...change } as ModelServeArgs, (found) => {
    problems.push(...found.map(({ argument, reason }) => `${argument}: ${reason}`));
  });
  return { problems, args: await (pulumi.output(args) as any).promise() };
}

describe("values that are known only later", () => {
  it("pass unchanged when they are good, and the others are not touched", async () => {
    const change = {
      path: later("s3://models/other"),
      replicas: later(3),
      storage: { endpoint: later("https://store.example.org"), secretName: "keys" },
      envs: [{ name: "A", value: later("b") }],
    };
    const { problems, args } = await pass(change);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [args.path, args.replicas, args.storage.endpoint, args.storage.secretName, args.envs[0].value],
      ["s3://models/other", 3, "https://store.example.org", "keys", "b"],
    );
  });

  const REFUSED: [string, Record<string, unknown>, RegExp][] = [
    ["a number of pods", { replicas: later(0) }, /^replicas: 0 is not a whole number of pods/],
    ["a part of a group", { storage: { endpoint: later("store") } }, /^storage\.endpoint: "store" is not the URL/],
    ["an amount", { resources: { limits: { memory: later("1 GB") } } }, /^resources\.limits\.memory: "1 GB" is not/],
    [
      "a value that contradicts one known from the start",
      { autoscaling: { minReplicas: 5, maxReplicas: later(3) } },
      /^autoscaling\.maxReplicas: 3 is less than 5/,
    ],
    [
      "a path of a volume",
      { path: later("pvc://models/iris") },
      /^path: .* only that of an object store .* plain text/,
    ],
    [
      "a path of this machine",
      { path: later("./model.pkl") },
      /^path: "\.\/model\.pkl" .* only that of an object store/,
    ],
    ["a path of another kind", { path: later("s3://models/MLmodel") }, /^path: .* use kind "mlflowserve"/],
  ];
  for (const [what, change, expected] of REFUSED) {
    it(`are refused when they are known: ${what}`, async () => {
      const { problems } = await pass(change);
      assert.ok(
        problems.some((problem) => expected.test(problem)),
        problems.join("\n") || "nothing was found",
      );
    });
  }

  it("do not show in the problem when they are secrets", async () => {
    const { problems } = await pass({
      kind: "mlflowserve",
      path: "s3://models/x",
      installRequirements: true,
      packageIndex: pulumi.secret("user:password"),
    });
    assert.deepEqual(problems, ["packageIndex: It is not the URL of a package index (https://…)."]);
  });

  it("do not show in parts either, and nothing is made of an empty one", async () => {
    const path = pulumi.secret("s3://models/private-customer/MLmodel");
    const { problems } = await pass({ kind: "mlflowserve", path });
    assert.match(problems.join("\n"), /^path: "?\[secret\]"? is not a folder that holds the file MLmodel/);
    assert.doesNotMatch(problems.join("\n"), /private-customer/);
    const empty = await pass({ image: pulumi.secret("") });
    assert.deepEqual(empty.problems, ['image: "" is not a text that is not empty.']);
  });

  it("stay unknown in a preview, and secrets stay secrets", async () => {
    const unknown = new (pulumi.Output as any)(
      [],
      Promise.resolve(undefined),
      Promise.resolve(false),
      Promise.resolve(false),
      Promise.resolve([]),
    );
    const args: any = gated("iris", { ...GOOD, replicas: unknown, secretEnvs: { A: pulumi.secret("b") } }, (found) =>
      assert.deepEqual(found, []),
    );
    assert.equal(await args.replicas.isKnown, false);
    assert.equal(await pulumi.isSecret(args.secretEnvs.A), true);
  });
});
