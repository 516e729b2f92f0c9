import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { ModelServeArgs } from "../src";
import { check, checkPath } from "../src/check";

const GOOD: ModelServeArgs = { kind: "sklearnserve", path: "./model.pkl", localExecution: true };

/** The problems of good arguments changed in one place, each as `argument: reason`. */
function problems(change: Record<string, unknown>, name = "iris"): string[] {
  return check(name, { ...GOOD, ...change } as ModelServeArgs).map(({ argument, reason }) => `${argument}: ${reason}`);
}

/** A good sample request, changed. */
function sample(change: object): Record<string, unknown> {
  const request = { inputs: [{ name: "x", shape: [1, 1], datatype: "FP32", data: [1] }] };
  return { smokeTest: { request, ...change } };
}

describe("the arguments", () => {
  it("are accepted when nothing is wrong with them", () => {
    const all: Partial<ModelServeArgs> = {
      modelName: "iris_v2",
      modelVersion: "2",
      project: "flowers",
      uuid: "3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10",
      description: "",
      labels: { team: "botany" },
      embedded: false,
      envs: [{ name: "OMP_NUM_THREADS", value: "1" }],
      port: 8080,
      stopped: false,
      sha256: "0".repeat(64),
      allowVersionSkew: true,
      requirements: ["xgboost==2.1.2"],
      packageIndex: "https://example.org/simple",
      serverSettings: { parallel_workers: 2 },
      timeoutSeconds: 60,
      requestTimeoutSeconds: 0.5,
      drainSeconds: 5,
      ...sample({ expected: [{ name: "predict", data: [[0]], shape: [1, 1], datatype: "INT64" }], tolerance: 0 }),
    };
    assert.deepEqual(problems(all), []);
  });

  const REFUSED: [string, Record<string, unknown>, RegExp][] = [
    [
      "a missing kind",
      { kind: undefined },
      /^kind: It is missing; expected "sklearnserve", "mlflowserve", .* or "customserve"\.$/,
    ],
    [
      "an unknown kind",
      { kind: "torchserve" },
      /^kind: "torchserve" is not a kind of function; expected "sklearnserve"/,
    ],
    ["no class for customserve", { kind: "customserve", path: "m" }, /^implementation: It is missing; .*Python class/],
    [
      "a class for another kind",
      { implementation: "a.B" },
      /^implementation: Kind "sklearnserve" is served by mlserver_sk/,
    ],
    [
      "a class without module",
      { kind: "customserve", path: "m", implementation: "B" },
      /^implementation: "B" is not a Py/,
    ],
    [
      "a pickle for XGBoost",
      { kind: "xgboostserve", path: "m.pkl" },
      /^path: .*is a pickle\. Save the model by .*save_model/,
    ],
    ["a missing path", { path: undefined }, /^path: It is missing; expected a \.joblib, \.pickle or \.pkl file/],
    ["an empty path", { path: "" }, /^path: "" is not a text that is not empty/],
    [
      "a remote path",
      { path: "s3://models/iris/model.pkl" },
      /^path: ".*" must be fetched \(s3:\/\/\), but localExecution/,
    ],
    ["a path that MLServer would cut", { path: "./a#b.pkl" }, /^path: "\.\/a#b\.pkl" holds # or \?.*Rename/],
    ["an MLmodel file for sklearnserve", { path: "m/MLmodel" }, /use kind "mlflowserve" and the folder/],
    ["a pickle for mlflowserve", { kind: "mlflowserve" }, /^path: .*For a single pickle use kind "sklearnserve"/],
    ["an MLmodel file for mlflowserve", { kind: "mlflowserve", path: "m/MLmodel" }, /Give the folder, .*: "m"\.$/],
    [
      "a model name with spaces",
      { modelName: "my iris" },
      /^modelName: "my iris" is not a model name that fits into a URL/,
    ],
    ["a model name with slashes", { modelName: "a/b" }, /^modelName: "a\/b" is not/],
    ["no replicas", { replicas: 0 }, /^replicas: 0 is not a whole number of pods from 1; .*`stopped: true`/],
    ["a fraction of replicas", { replicas: 1.5 }, /^replicas: 1\.5 is not a whole number/],
    ["a port beyond the last", { port: 65536 }, /^port: 65536 is not a port/],
    ["a time limit of zero", { timeoutSeconds: 0 }, /^timeoutSeconds: 0 is not a number of seconds above 0/],
    ["a short checksum", { sha256: "abc" }, /^sha256: "abc" is not a SHA-256/],
    ["a version 1 UUID", { uuid: "3f0e8a52-6f0b-1c8e-9a43-2b1f8a1e5d10" }, /^uuid: .* is not a UUID of version 4/],
    ["a requirement that is none", { requirements: [""] }, /^requirements: It is not a list of Python requirements/],
    ["an index that is no URL", { packageIndex: "pypi" }, /^packageIndex: It is not the URL/],
    [
      "a setting of ours",
      { serverSettings: { http_port: 80 } },
      /^serverSettings\.http_port: It cannot be set: set `port`/,
    ],
    [
      "a setting of nobody",
      { serverSettings: { workers: 1 } },
      /^serverSettings\.workers: MLServer has no such setting/,
    ],
    ...[
      ["parallel_workers", -1, /-1 is not a whole number from 0/],
      ["gzip_enabled", "no", /"no" is not true or false/],
      ["cors_settings", ["*"], /\["\*"\] is not a group of values/],
      ["extensions", "a", /"a" is not a list of texts/],
      ["logging_settings", 1, /1 is not the path of a file, or a group of values/],
      ["root_path", null, /null is not a text/],
    ].map(([name, value, reason]): [string, Record<string, unknown>, RegExp] => [
      `the wrong value of ${name}`,
      { serverSettings: { [name as string]: value } },
      new RegExp(`^serverSettings\\.${name}: ${(reason as RegExp).source}`),
    ]),
    ["no request in smokeTest", { smokeTest: {} }, /^smokeTest\.request: It is missing: an inference request/],
    ["a smokeTest that is a text", { smokeTest: "x" }, /^smokeTest\.request: It is missing/],
    [
      "a sample request whose shape does not fit",
      { smokeTest: { request: { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1] }] } } },
      /^smokeTest\.request: inputs\[0\]\.data: it has 1 elements, but the shape \[1, 4\] has room for 4/,
    ],
    ["a negative tolerance", sample({ tolerance: -1 }), /^smokeTest\.tolerance: -1 is not a number from 0\.$/],
    [
      "expected outputs that are no list",
      sample({ expected: { predict: [0] } }),
      /^smokeTest\.expected: .* is not a list/,
    ],
    [
      "an expected output without a name",
      sample({ expected: [{ data: [0] }] }),
      /^smokeTest\.expected\[0\]: It has no `name`: that of an output, such as "predict"\.$/,
    ],
    [
      "an expected output of which nothing is expected",
      sample({ expected: [{ name: "predict" }] }),
      /^smokeTest\.expected\[0\]: Expected at least one of `data`, `shape` and `datatype`\.$/,
    ],
    [
      "an expected output of more values than its shape",
      sample({ expected: [{ name: "predict", shape: [1, 1], data: [0, 1], datatype: "INT" }] }),
      /^smokeTest\.expected\[0\]: `data` has 2 values, but `shape` \[1,1\] has room for 1\.$/,
    ],
    [
      "a datatype that the protocol does not have",
      sample({ expected: [{ name: "predict", datatype: "INT" }] }),
      /^smokeTest\.expected\[0\]: `datatype` is "INT"; expected one of BOOL/,
    ],
    [
      "a sample that is too large for a ConfigMap",
      sample({ expected: [{ name: "predict", data: Array.from({ length: 150_000 }, () => 1) }] }),
      /^smokeTest: It has 294 KiB in JSON, of which 256 are possible\. Give fewer rows\.$/,
    ],
    ["a variable that is none", { envs: [{ name: "A B", value: "" }] }, /^envs\[0\]\.name: "A B" is not the name/],
    ["a cluster's argument", { namespace: "models" }, /^namespace: Only a cluster can honour it/],
    ["an image", { image: "seldonio/mlserver:1.7.1-sklearn" }, /^image: Only a cluster can honour it/],
  ];
  for (const [what, change, expected] of REFUSED) {
    it(`are refused with ${what}`, () => {
      const found = problems(change);
      assert.ok(
        found.some((problem) => expected.test(problem)),
        found.join("\n"),
      );
    });
  }

  it("are reported with all their problems at once", () => {
    const found = problems({ kind: "other", path: undefined, modelName: "a b", replicas: 0, port: -1 });
    assert.deepEqual(
      new Set(found.map((problem) => problem.split(":")[0])),
      new Set(["kind", "path", "modelName", "replicas", "port"]),
    );
  });

  it("name the resource's name when it is no model name", () => {
    assert.match(problems({}, "my model").join(), /It is the resource's name here: set `modelName`/);
    assert.deepEqual(problems({ modelName: "iris" }, "my model"), []);
  });

  it("pass while they are known only later", () => {
    assert.deepEqual(
      problems({ path: pulumi.output("s3://x"), modelName: pulumi.output("a b"), port: Promise.resolve(0) }),
      [],
    );
  });

  it("of a sample request pass while they are known only later, and are no reason to throw", () => {
    const request = { inputs: [{ name: "x", shape: [1, 1], datatype: "INT64", data: [pulumi.output(1)] }] };
    assert.deepEqual(problems(sample({ request })), []);
    const big = { inputs: [{ name: "x", shape: [1, 1], datatype: "INT64", data: [1n] }] };
    assert.match(problems(sample({ request: big })).join(), /^smokeTest\.request: /);
  });

  it("never make the check throw, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(GOOD), "port", "envs", "modelName", "smokeTest"), fc.jsonValue()),
        (values) => {
          const { envs, ...rest } = values;
          assert.ok(Array.isArray(check("x", { ...rest, ...(Array.isArray(envs) ? {} : {}) } as never)));
        },
      ),
    );
  });

  it("accept every local path without a scheme, # and ?", () => {
    const name = fc.stringMatching(/^[\w .-]{1,20}$/).filter((text) => !/MLmodel/.test(text));
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1 }),
        (parts) => checkPath("sklearnserve", `${parts.join("/")}.pkl`).length === 0,
      ),
    );
  });
});
