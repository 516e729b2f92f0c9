import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelServeArgs } from "../../src";
import { check } from "../../src/check";
import { scenarios } from "./scenarios";

const GOOD: ModelServeArgs = { kind: "sklearnserve", path: "s3://models/iris/model.pkl" };

describe("the arguments of a cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), "modelserve-check-"));
  const inFolder = (name: string) => join(folder, name);
  before(() => {
    writeFileSync(inFolder("small.pkl"), "a model");
    writeFileSync(inFolder("large.pkl"), randomBytes(800 * 1024));
    mkdirSync(inFolder("packed"));
    for (const name of ["model.pkl", "environment.tar.gz"]) writeFileSync(inFolder(`packed/${name}`), "");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The problems of good arguments changed in one place, each as `argument: reason`. */
  const problems = (change: Record<string, unknown>, name = "iris"): string[] =>
    check(name, { ...GOOD, ...change } as ModelServeArgs).map(({ argument, reason }) => `${argument}: ${reason}`);

  it("are accepted when nothing is wrong with them", () => {
    for (const [name, args] of Object.entries(scenarios(inFolder("small.pkl"))))
      assert.deepEqual(check("iris", args), [], name);
  });

  const keys = { accessKeyId: "AKIA", secretAccessKey: "secret" };
  const gpu = { limits: { "nvidia.com/gpu": "1" } };
  const autoscaling = { maxReplicas: 3 };
  const emptyDir = {};
  const REFUSED: [string, Record<string, unknown>, RegExp][] = [
    [
      "a GPU for the default image",
      { resources: gpu },
      /^resources\.limits\.nvidia\.com\/gpu: The default image has no/,
    ],
    [
      "autoscaling without a CPU request",
      { autoscaling, resources: { requests: { cpu: "0" } } },
      /^resources\.requests\.cpu: It is zero, but autoscaling goes by/,
    ],
    ["autoscaling below `replicas`", { autoscaling, replicas: 4 }, /^autoscaling\.maxReplicas: 3 is less than 4/],
    ["autoscaling without an end", { autoscaling: {} }, /^autoscaling\.maxReplicas: It is missing/],
    [
      "a stabilisation beyond an hour",
      { autoscaling: { ...autoscaling, scaleDownStabilizationSeconds: 3601 } },
      /^autoscaling\.scaleDownStabilizationSeconds: 3601 is not a whole number of seconds from 0 to 3600/,
    ],
    [
      "two sources of keys",
      { storage: { ...keys, secretName: "keys" } },
      /^storage: Keys come from one source, not from `secretName`, and from `accessKeyId` and `secretAccessKey`/,
    ],
    ["keys for an anonymous request", { storage: { ...keys, anonymous: true } }, /^storage: Keys come from one source/],
    ["half a pair of keys", { storage: { accessKeyId: "AKIA" } }, /^storage\.secretAccessKey: It is missing/],
    [
      "keys that end",
      { storage: { ...keys, sessionToken: "token" } },
      /^storage\.sessionToken: Temporary keys end.*`sessionExpires`/,
    ],
    [
      "an end of keys that is no time",
      { storage: { ...keys, sessionToken: "token", sessionExpires: "soon" } },
      /^storage\.sessionExpires: "soon" is not a time in ISO 8601/,
    ],
    ["an end of lasting keys", { storage: { ...keys, sessionExpires: "2030-01-01" } }, /It has no effect without/],
    ["a store with a path", { storage: { endpoint: "https://s/b" } }, /^storage\.endpoint: "https:\/\/s\/b" is not/],
    ["the name of a certificate's file", { storage: { caCertificate: "ca.crt" } }, /^storage\.caCertificate: .* PEM/],
    [
      "storage for a volume",
      { path: "pvc://models/iris", storage: keys },
      /^storage\.accessKeyId: It has no effect: only/,
    ],
    ["a name too long for a label", {}, /^name: "a{47}", the resource's name, is not one that Kubernetes' objects/],
    ["a namespace that is none", { namespace: "My_Models" }, /^namespace: "My_Models" is not a name as DNS has them/],
    ["a model over the limit", { path: "large.pkl" }, /^path: ".*large\.pkl" has 80[0-9] KiB compressed, but.*700 KiB/],
    ["a model that does not exist", { path: "nothing.pkl" }, /^path: ".*nothing\.pkl" does not exist/],
    ["another model than expected", { path: "small.pkl", sha256: "0".repeat(64) }, /^sha256: The model at .* has 97ff/],
    ["a packed environment in the model", { path: "packed" }, /^path: .*holds environment\.tar\.gz.*Take it out/],
    ["a source that is not known yet", { path: "gs://models/iris" }, /^path: .* cannot be fetched from gs:\/\/ yet/],
    ["a bucket without a name", { path: "s3://" }, /^path: "s3:\/\/": It names no bucket/],
    ["a way out of the volume", { path: "pvc://models/../x" }, /^path: .*It leads out of the volume/],
    [
      "a variable that breaks serving",
      { envs: [{ name: "PATH", value: "/" }] },
      /^envs\[0\]\.name: "PATH" would break/,
    ],
    [
      "a variable that is a setting",
      { secretEnvs: { mlserver_parallel_workers: "1" } },
      /^secretEnvs\.mlserver_parallel_workers: .* is a setting of MLServer, whose files win\. Use `serverSettings`/,
    ],
    ["a variable for an argument", { envs: [{ name: "MLSERVER_MODEL_URI", value: "/" }] }, /files win\. Use `path`/],
    [
      "a variable given twice",
      { envs: [{ name: "A", value: "1" }], secretEnvs: { A: "2" } },
      /^envs: "A" is there twice/,
    ],
    ["a variable from two places", { envs: [{ name: "A", value: "1", valueFrom: {} }] }, /^envs\[0\]: Only one of/],
    ["a quantity that is none", { resources: { limits: { memory: "1 GB" } } }, /^resources\.limits\.memory: "1 GB" is/],
    [
      "a request above its limit",
      { resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } },
      /^resources\.requests\.memory: "2Gi" is more than the limit "1Gi"/,
    ],
    ["a size that is none", { modelSize: "big" }, /^modelSize: "big" is not a Kubernetes quantity such as "500Mi"/],
    ["a volume without a source", { volumes: [{ name: "x", mountPath: "/x" }] }, /^volumes\[0\]: It has no source/],
    [
      "a volume with two",
      { volumes: [{ name: "x", mountPath: "/x", emptyDir, secret: {} }] },
      /^volumes\[0\]: It has `emptyDir` and `secret`; expected one/,
    ],
    ["a volume over the model's", { volumes: [{ name: "x", mountPath: "/mnt/models/x", emptyDir }] }, /mountPath: /],
    ["a volume of ours", { volumes: [{ name: "model", mountPath: "/x", emptyDir }] }, /"model" is a volume of ours/],
    [
      "two volumes of one name",
      { volumes: ["/x", "/y"].map((mountPath) => ({ name: "x", mountPath, emptyDir })) },
      /^volumes: "x" is there twice/,
    ],
    [
      "a label of ours",
      { podLabels: { "app.kubernetes.io/name": "x" } },
      /^podLabels\..*: It tells the model's objects/,
    ],
    [
      "a label that is none",
      { labels: { team: "a b" } },
      /^labels\.team: "a b" is not the value of a Kubernetes label/,
    ],
    ["a version that is no label", { modelVersion: `1${"0".repeat(63)}` }, /^modelVersion: .* Kubernetes label/],
    [
      "a budget that lets no pod go",
      { disruptionBudget: { minAvailable: "1" } },
      /^disruptionBudget\.minAvailable: .*never/,
    ],
    ["a budget of two kinds", { disruptionBudget: {} }, /^disruptionBudget: Expected one of/],
    ["a node's host without a node port", { nodeHost: "n", serviceType: "ClusterIP" }, /^nodeHost: It has no effect/],
    ["a registry with https", { imageRegistry: "https://r" }, /^imageRegistry: "https:\/\/r" is not a registry/],
    ["an unknown Service type", { serviceType: "Ingress" }, /^serviceType: "Ingress" is not "ClusterIP" or "NodePort"/],
    ["an unknown rollout", { rollout: "fast" }, /^rollout: "fast" is not "surge-first" or "replace-in-place"/],
    ["an argument of this machine", { port: 8080 }, /^port: Only localExecution can honour it, which is not true/],
    [
      "a stopped model that is scaled elsewhere, without the waiter",
      { stopped: true, readiness: { enabled: false } },
      /^stopped: The number of pods is not Pulumi's to set here.*give `replicas` without `autoscaling`\.$/,
    ],
    [
      "packages for a pickle",
      { installRequirements: true },
      /^installRequirements: A model of kind "sklearnserve" names no requirements/,
    ],
    [
      "an index without packages",
      { packageIndex: "https://p" },
      /^packageIndex: It has no effect on a cluster without/,
    ],
    [
      "packages that are hidden",
      { kind: "mlflowserve", path: "s3://m/x", installRequirements: true, envs: [{ name: "PYTHONPATH", value: "/x" }] },
      /^envs: PYTHONPATH would hide what/,
    ],
    [
      "a class that is hidden",
      { kind: "customserve", path: "s3://m/x", implementation: "a.B", envs: [{ name: "PYTHONPATH", value: "/x" }] },
      /^envs: PYTHONPATH would hide the code in the model's folder/,
    ],
    ["a secret variable without a value", { secretEnvs: { TOKEN: undefined } }, /^secretEnvs\.TOKEN: It is missing/],
    [
      "a second shared memory",
      {
        kind: "huggingfaceserve",
        path: "hf://a/b",
        huggingface: { task: "fill_mask" },
        volumes: [{ name: "dshm", mountPath: "/dev/shm", emptyDir: { medium: "Memory" } }],
      },
      /^volumes\[0\]\.mountPath: "\/dev\/shm" would hide \/dev\/shm/,
    ],
    [
      "a port that there is not",
      { storage: { endpoint: "https://minio:99999" } },
      /^storage\.endpoint: .* is not the URL/,
    ],
  ];
  for (const [what, change, expected] of REFUSED) {
    it(`are refused with ${what}`, () => {
      const { path } = change;
      const local = typeof path === "string" && !path.includes("://") ? { ...change, path: inFolder(path) } : change;
      const found = problems(local, what.startsWith("a name too long") ? "a".repeat(47) : "iris");
      assert.ok(
        found.some((problem) => expected.test(problem)),
        found.join("\n") || "nothing was found",
      );
    });
  }

  it("are reported with all their problems at once", () => {
    const change = {
      resources: gpu,
      storage: { ...keys, anonymous: true },
      volumes: [{ name: "x", mountPath: "x" }],
      replicas: 0,
      serviceType: "x",
      namespace: "_",
    };
    const found = problems(change, "Iris");
    const named = new Set(found.map((problem) => problem.split(/[:.[]/)[0]));
    for (const argument of ["name", ...Object.keys(change)]) assert.ok(named.has(argument), `${argument}\n${found}`);
  });
});
