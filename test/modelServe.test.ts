import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import { ModelServe, type ModelServeArgs } from "../src";

const ARGS: ModelServeArgs = { kind: "sklearnserve", path: "model.pkl", localExecution: true };

/** How Pulumi marks a secret on the wire (`specialSigKey` and `specialSecretSig` in the SDK's `rpc.ts`). */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The resources that were registered, and the state that a provider would have given them. */
let registered: MockResourceArgs[];

/** Makes the engine a mock one: in a preview nothing is known beyond what the provider's `check` finds. */
function mockEngine(preview: boolean): void {
  registered = [];
  const checked = {
    modelDigest: "d".repeat(64),
    settingsDigest: "s",
    ports: { http: 20000, grpc: 20001, metrics: 20002 },
  };
  const mocks = {
    newResource: (args: MockResourceArgs) => {
      registered.push(args);
      const { __provider, ...inputs } = args.inputs;
      const state = { ...inputs, ...checked, ...(preview ? {} : { state: "running", response: { outputs: [] } }) };
      return { id: preview ? undefined : `${args.name}-id`, state };
    },
    call: () => ({}),
  };
  pulumi.runtime.setMocks(mocks as pulumi.runtime.Mocks, "project", "stack", preview);
}

/** The value of an output; an unknown one has none. */
function known<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

const inputsOf = (type: string) => registered.find((resource) => resource.type.endsWith(type))?.inputs;

describe("a ModelServe component", () => {
  beforeEach(() => mockEngine(false));

  it("gives out the model's addresses, digest and state", async () => {
    const model = new ModelServe("iris", ARGS);
    assert.equal(await known(model.url), "http://127.0.0.1:20000");
    assert.equal(await known(model.inferUrl), "http://127.0.0.1:20000/v2/models/iris/infer");
    assert.equal(await known(model.grpcUrl), "grpc://127.0.0.1:20001");
    assert.equal(await known(model.metricsUrl), "http://127.0.0.1:20002/metrics");
    assert.equal(await known(model.modelDigest), "d".repeat(64));
    const { state, service, inferenceV2 } = await known(model.status);
    assert.deepEqual([state, service.url, inferenceV2?.model], ["RUNNING", "127.0.0.1:20000", "iris"]);
  });

  it("has no URL in the preview of its creation, but its digest", async () => {
    mockEngine(true);
    const model = new ModelServe("iris", ARGS);
    for (const output of [model.url, model.inferUrl, model.status])
      assert.equal(await known<unknown>(output), undefined);
    assert.equal(await known(model.modelDigest), "d".repeat(64));
    assert.equal(await known(model.modelName), "iris");
  });

  it("hands the arguments to one child, secrets as secrets", async () => {
    const envs = [
      { name: "TOKEN", value: pulumi.secret("hidden") },
      { name: "OMP_NUM_THREADS", value: "1" },
    ];
    await known(new ModelServe("iris", { ...ARGS, modelName: "flowers", port: 8080, envs }).url);
    const inputs = inputsOf("LocalServer");
    assert.deepEqual(
      [inputs.modelName, inputs.port, inputs.timeoutSeconds, inputs.drainSeconds],
      ["flowers", 8080, 600, 15],
    );
    assert.deepEqual(inputs.envs[SECRET_MARK], SECRET);
    assert.deepEqual(inputs.envs.value, [
      { name: "TOKEN", value: "hidden" },
      { name: "OMP_NUM_THREADS", value: "1" },
    ]);
  });

  it("records the function as the platform does, or its key alone", async () => {
    const model = new ModelServe("iris", { ...ARGS, labels: { team: "botany", nightly: "" }, description: "flowers" });
    const { kind, project, metadata, spec } = await known(model.definition);
    assert.deepEqual(
      { kind, project, path: spec.path, name: spec.model_name },
      { kind: "sklearnserve", project: "project", path: "model.pkl", name: "iris" },
    );
    assert.deepEqual(metadata.labels, ["team:botany", "nightly"]);
    const key = new ModelServe("other", {
      ...ARGS,
      project: "p",
      uuid: "3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10",
      embedded: false,
    });
    assert.equal(
      await known(key.definition),
      "store://p/function/sklearnserve/other:3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10",
    );
  });

  it("reports what is no list, or no group, before anything looks into it", () => {
    const wrong = { envs: "x", volumes: [null], readiness: null, imagePullSecrets: {}, profiles: { a: null } };
    assert.throws(
      () => new ModelServe("iris", { ...ARGS, ...wrong } as never),
      /envs: It is a text, not a list\.\n.*volumes\[0\]: It is null, not a group.*\n.*readiness: It is null, not a group.*\n.*imagePullSecrets: It is a group of values, not a list/,
    );
    const profiles = { a: null } as never;
    assert.throws(
      () => new ModelServe("iris", { ...ARGS, profile: "a", profiles }),
      /profiles\.a: It is null, not a group/,
    );
  });

  it("reports what is wrong beside that, and lists that are known only later", () => {
    const later = pulumi.output([{ name: "A", value: "1" }]);
    const wrong = { replica: 2, kind: "torch", labels: 5, envs: later, serverSettings: pulumi.output({}), replicas: 0 };
    assert.throws(
      () => new ModelServe("iris", { ...ARGS, localExecution: undefined, ...wrong } as never),
      /replica: There is no .*\n.*labels: It is a number.*\n.*envs: It is known only later.*\n.*serverSettings: It is known only later.*\n.*kind: "torch".*\n.*replicas: 0 is not/,
    );
  });

  it("reports no value whose form is wrong, since it may be secret", () => {
    const wrong = { proxy: "http://ada:hunter2@proxy:3128", secretEnvs: "TOKEN=hunter2", envs: ["TOKEN=hunter2"] };
    assert.throws(
      () => new ModelServe("iris", { ...ARGS, ...wrong } as never),
      (error: Error) => !error.message.includes("hunter2") && error.message.includes("3 problems"),
    );
  });

  it("reports names that there are not, which would be ignored, with the nearest", () => {
    const wrong: Record<string, unknown> = {
      model_name: "a",
      autoscaling: { maxReplica: 2 },
      volumes: [{ name: "v", mountpath: "/v" }],
      replica: undefined,
      networkPolicy: { egress: [{ port: [443] }] },
      smokeTest: { request: {}, expected: [{ name: "predict", tolerence: 1 }] },
    };
    const profiles = { large: { replica: 2, volumes: 5 } } as never;
    assert.throws(
      () => new ModelServe("iris", { ...ARGS, ...wrong, profiles } as never),
      (error: Error) => {
        const [, ...lines] = error.message.split("\n");
        const nearest = lines.map((line) => /^ {2}(.*): There is no such argument, .*\. (.*)$/.exec(line)?.slice(1));
        assert.deepEqual(nearest.slice(0, -1), [
          ["model_name", "Is it `modelName`?"],
          ["autoscaling.maxReplica", "Is it `maxReplicas`?"],
          ["volumes[0].mountpath", "Is it `mountPath`?"],
          ["networkPolicy.egress[0].port", "Is it `ports`?"],
          ["smokeTest.expected[0].tolerence", "There are name, data, shape, datatype."],
          ["profiles.large.replica", "Is it `replicas`?"],
        ]);
        assert.equal(lines.at(-1), "  profiles.large.volumes: It is a number, not a list.");
        return true;
      },
    );
  });

  it("reports all problems of its arguments at once, before anything is registered", () => {
    assert.throws(
      () => new ModelServe("iris", { ...ARGS, path: "s3://models/iris.pkl", replicas: 0, modelName: "a b" }),
      (error: Error) => {
        assert.ok(pulumi.ResourceError.isInstance(error) && error.hideStack);
        assert.match(error.message, /^ModelServe "iris" has 4 problems:\n {2}modelName: "a b"/);
        return true;
      },
    );
    assert.deepEqual(registered, []);
  });

  it("refuses secret settings, of which a digest would be shown", async () => {
    const serverSettings = { kafka_servers: pulumi.secret("user:password@kafka") };
    await assert.rejects(
      known(new ModelServe("c", { ...ARGS, serverSettings }).modelName),
      /serverSettings: It is a secret, but a digest of them is in the preview/,
    );
  });

  it("refuses secret arguments of a server, which would be in its pod's command", async () => {
    const model = new ModelServe("words", {
      kind: "huggingfaceserve",
      path: "hf://acme/words",
      serviceType: "ClusterIP",
      huggingface: { task: "fill_mask", args: [pulumi.interpolate`--api_key=${pulumi.secret("x")}`] },
    });
    await assert.rejects(
      known(model.modelName),
      /huggingface\.args: It is a secret, but they are in the pod's command/,
    );
  });

  it("refuses a secret model name, and one that turns out to be none", async () => {
    await assert.rejects(
      known(new ModelServe("a", { ...ARGS, modelName: pulumi.secret("iris") }).modelName),
      /modelName: It is a secret/,
    );
    await assert.rejects(
      known(new ModelServe("b", { ...ARGS, modelName: pulumi.output("a b") }).modelName),
      /"a b" is not a model name/,
    );
  });
});

describe("a call of a model in a program", () => {
  const json = { inputs: [{ name: "x", shape: [1], datatype: "FP32" as const, data: [1] }] };
  beforeEach(() => mockEngine(false));

  it("is a child resource with the request, the model's name and both digests", async () => {
    const model = new ModelServe("iris", { ...ARGS, requestTimeoutSeconds: 5 });
    assert.deepEqual(await known(model.invoke({ json })), { outputs: [] });
    const { call, modelUrl, modelDigest, settingsDigest } = inputsOf("Invocation");
    assert.deepEqual(call, { modelName: "iris", timeout: 5, json });
    assert.deepEqual([modelUrl, modelDigest, settingsDigest], ["http://127.0.0.1:20000", "d".repeat(64), "s"]);
    assert.equal(registered.find(({ type }) => type.endsWith("Invocation"))?.name, "iris-invoke");
  });

  it("takes another model, URL and name when they are given", async () => {
    const model = new ModelServe("iris", ARGS);
    await known(model.invoke({ name: "smoke", json, modelName: "other", url: "http://elsewhere" }));
    const { call } = inputsOf("Invocation");
    assert.deepEqual([call.modelName, call.url], ["other", "http://elsewhere"]);
  });

  it("needs a name when it is the second of its model", async () => {
    const model = new ModelServe("iris", ARGS);
    await known(model.invoke({ json }));
    assert.throws(() => model.invoke({ json }), /ModelServe "iris" is invoked twice without a name/);
    await known(model.invoke({ json, name: "again" }));
  });
});
