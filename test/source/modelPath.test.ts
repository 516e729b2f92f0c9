import assert from "node:assert/strict";
import { parseModelPath } from "../../src/source/modelPath";

describe("a model's path", () => {
  const PATHS: [string, ReturnType<typeof parseModelPath>][] = [
    ["model.pkl", { scheme: "file", path: "model.pkl" }],
    ["./a b/model.pkl", { scheme: "file", path: "./a b/model.pkl" }],
    ["/srv/model", { scheme: "file", path: "/srv/model" }],
    ["file:///srv/a%20b/model.pkl", { scheme: "file", path: "/srv/a b/model.pkl" }],
    ["FILE:///srv/model.pkl", { scheme: "file", path: "/srv/model.pkl" }],
    ["s3://models/iris/model.pkl", { scheme: "s3", bucket: "models", key: "iris/model.pkl" }],
    ["S3://models/iris/", { scheme: "s3", bucket: "models", key: "iris" }],
    ["s3://models", { scheme: "s3", bucket: "models", key: "" }],
    ["pvc://claim/a/b", { scheme: "pvc", claim: "claim", path: "a/b" }],
    ["pvc://claim", { scheme: "pvc", claim: "claim", path: "" }],
    ["https://example.org/model.pkl", { scheme: "remote", protocol: "https" }],
    ["hf://org/model", { scheme: "hf", repo: "org/model", revision: undefined }],
    ["hf://gpt2@refs/pr/1", { scheme: "hf", repo: "gpt2", revision: "refs/pr/1" }],
    ["huggingface://org/model.v2/@v1.0", { scheme: "hf", repo: "org/model.v2", revision: "v1.0" }],
    ["gs://models/iris", { scheme: "remote", protocol: "gs" }],
  ];
  for (const [path, expected] of PATHS) {
    it(`${path} is ${expected.scheme === "file" ? "on this machine" : "to be fetched"}`, () => {
      assert.deepEqual(parseModelPath(path), expected);
    });
  }

  it("is none without a bucket or a claim, or when it leads out of the volume", () => {
    for (const path of ["s3://", "s3:///key", "pvc://", "pvc://Claim/x", "pvc://claim/../x"])
      assert.equal(parseModelPath(path).scheme, "none", path);
  });

  it("is none without a model of the Hub", () => {
    for (const path of [
      "hf://",
      "hf:///model",
      "hf://a/b/c",
      "hf://org/model@",
      "hf://org/-model",
      `hf://${"a".repeat(97)}`,
    ])
      assert.equal(parseModelPath(path).scheme, "none", path);
  });

  it("is none when a file's URL has a host or wrong escapes", () => {
    for (const path of ["file://models/model.pkl", "file:///%zz", "file://%zz/m.pkl"])
      assert.equal(parseModelPath(path).scheme, "none", path);
  });
});
