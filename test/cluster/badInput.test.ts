import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterStack } from "./clusterStack";

/** A program with one model; `args` are the source text of what differs from a good one. */
const program = (args: string) => `
new ModelServe("iris", { kind: "sklearnserve", path: "s3://models/iris/model.pkl", namespace: process.env.TEST_NAMESPACE,
  serviceType: "ClusterIP", ...{ ${args} } });`;

/** What the CLI says at its end; before, each line of progress ends with the last thing said. */
const said = (text: string) => text.slice(text.indexOf("Diagnostics:"));

describe("bad input for a cluster, as the CLI shows it", function () {
  this.timeout(300_000);
  let stack: ClusterStack;

  before(async () => {
    stack = await new ClusterStack("").init();
    writeFileSync(join(stack.folder, "large.pkl"), randomBytes(800 * 1024));
  });
  after(() => stack.remove());

  /** What a command that fails says, which must be for people: without a stack or an object's inside, and once. */
  const complaint = async (args: string, command = ["preview"]): Promise<string> => {
    stack.write(program(args));
    const text = await stack.fails(...command);
    assert.doesNotMatch(text, /^\s+at |\[object|undefined/m);
    assert.equal(said(text).match(/ModelServe "iris" has /g)?.length, 1, text);
    return text;
  };

  it("reports all problems at once, each with the fix", async () => {
    const text = await complaint(`
      path: "./large.pkl", resources: { limits: { "nvidia.com/gpu": "1" }, requests: { cpu: "0" } },
      autoscaling: { maxReplicas: 2 }, storage: { accessKeyId: "AKIA", secretAccessKey: "secret-key", anonymous: true },
      profile: "gpu", envs: [{ name: "PATH", value: "/" }], serviceType: "Public"`);
    const EXPECTED = [
      /^ +path: "\.\/large\.pkl" has 80\d KiB compressed, .* Put it into an object store/m,
      /^ +resources\.limits\.nvidia\.com\/gpu: .* Give an `image` that uses it\.$/m,
      /^ +resources\.requests\.cpu: It is zero, but autoscaling .* Give a request\.$/m,
      /^ +storage: Keys come from one source, .* Keep one of them\.$/m,
      /^ +profile: There is no profile "gpu"\. There are none: give `profiles`/m,
      /^ +envs\[0\]\.name: "PATH" would break serving: .* Remove it\.$/m,
      /^ +serviceType: "Public" is not "ClusterIP" or "NodePort" or "LoadBalancer"\.$/m,
    ];
    for (const expected of EXPECTED) assert.match(text, expected);
    assert.doesNotMatch(text, /secret-key/);
  });

  const LATER: [string, string, RegExp][] = [
    ["a number", "replicas: pulumi.output(0)", /replicas: 0 is not a whole number of pods from 1/],
    [
      "a path",
      'path: pulumi.output("pvc://models/iris")',
      /path: "pvc:\/\/models\/iris" became known only while Pulumi/,
    ],
    [
      "a part of a group",
      'storage: { endpoint: pulumi.output("store.example.org") }',
      /storage\.endpoint: "store\.example\.org" is not the URL of an object store/,
    ],
    [
      "a secret",
      'kind: "mlflowserve", path: "s3://models/x", installRequirements: true, packageIndex: pulumi.secret("user:pw")',
      /packageIndex: It is not the URL of a package index/,
    ],
  ];
  for (const [what, args, expected] of LATER) {
    it(`names ${what} that is known only later`, async () => {
      assert.match(await complaint(args), expected);
    });
  }

  it("makes no Deployment from a value that turns out wrong in the update", async () => {
    const args = "modelSize: pulumi.output(new Promise((resolve) => setTimeout(() => resolve('big'), 1000)))";
    assert.match(
      await complaint(args, ["up", "--yes", "--skip-preview"]),
      /modelSize: "big" is not a Kubernetes quantity/,
    );
    assert.deepEqual(await stack.objects("deployments"), []);
  });

  it("warns of what is not wrong, but should be known, once", async () => {
    stack.write(program('serviceType: "NodePort", image: "registry.example.org/mlserver"'));
    const text = await stack.ok("preview");
    for (const warning of [/serviceType NodePort without networkPolicy opens/g, /image .* has neither tag nor digest/g])
      assert.equal(said(text).match(warning)?.length, 1, text);
  });
});
