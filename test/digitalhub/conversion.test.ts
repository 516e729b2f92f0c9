import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { fromDigitalHub, Kind, type ModelServeArgs, toDigitalHub } from "../../src";
import { check } from "../../src/check";
import { checkForm } from "../../src/checkForm";

const recorded = (name: string) => readFileSync(join(__dirname, "definitions", name), "utf8");
const FUNCTION = {
  kind: "sklearnserve",
  name: "iris",
  spec: { path: "s3://models/iris/model.pkl", model_name: "iris" },
};
const one = (task: object, run: object = {}, fn: object = {}) => {
  const [model] = fromDigitalHub({
    function: { ...FUNCTION, ...fn },
    task: { kind: "sklearnserve+serve", spec: { ...task } },
    run: { kind: "sklearnserve+run", spec: { ...run } },
  }).models;
  assert(model);
  return model;
};
const KINDS = Object.values(Kind).join(", ");
const fields = ({ notes }: { notes: { field: string }[] }) => notes.map(({ field }) => field);

describe("definitions of the DigitalHub platform", () => {
  it("of release 0.10 become arguments, every task parameter of them", () => {
    const { models, unused } = fromDigitalHub(recorded("function-0.10.yaml"));
    assert.deepEqual(unused, []);
    assert.equal(models.length, 1);
    assert.deepEqual(models[0]?.args, {
      kind: "sklearnserve",
      path: "s3://models/iris/",
      project: "botany",
      uuid: "3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10",
      description: "Which iris is it?",
      labels: { team: "botany", nightly: "" },
      embedded: true,
      modelName: "iris",
      image: "seldonio/mlserver:1.6.0-sklearn",
      envs: [{ name: "GREETING", value: "hello" }],
      nodeSelector: { disk: "ssd" },
      volumes: [
        { name: "cache", mountPath: "/cache", emptyDir: { sizeLimit: "1Gi", medium: undefined }, subPath: undefined },
        { name: "data", mountPath: "/data", persistentVolumeClaim: { claimName: "numbers" }, subPath: undefined },
      ],
      resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi", "nvidia.com/gpu": "1" } },
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { topologyKey: "zone", labelSelector: { matchLabels: { my_app: "x" } } } },
          ],
        },
      },
      tolerations: [{ key: "gpu", operator: "Exists", tolerationSeconds: 60 }],
      secrets: ["store-keys"],
      profile: "small",
      replicas: 2,
      serviceType: "ClusterIP",
    });
    assert.deepEqual(check("iris", { ...models[0].args, profiles: { small: {} } }), []);
  });

  it("of release 0.15 become arguments, with the limits and the Service that the platform would make", () => {
    const { models, unused } = fromDigitalHub(recorded("project-0.15.json"), {
      resolve: (key) => (key.includes("/model/mlflow/diabetes") ? "s3://models/diabetes/" : undefined),
    });
    assert.deepEqual(
      models.map(({ name, args }) => [name, args.kind, args.path, args.serviceType]),
      [
        ["diabetes", "mlflowserve", "s3://models/diabetes/", "ClusterIP"],
        ["diabetes-2", "mlflowserve", "s3://models/diabetes/", "ClusterIP"],
      ],
    );
    const [{ args } = { args: undefined }] = models;
    assert.deepEqual(args?.resources, {
      requests: { cpu: "1", memory: "2Gi" },
      limits: { memory: "3Gi", "nvidia.com/gpu": "1" },
    });
    assert.equal(args?.modelSize, "5Gi");
    assert.equal(args?.installRequirements, true);
    assert.deepEqual(
      unused.map(({ entity, reason }) => [entity.name, reason]),
      [
        ["prepare", `Kind "python" serves no model here; those that do: ${KINDS}.`],
        ["elsewhere", "It is a mere reference to ./functions-elsewhere.yaml: give the entity itself."],
      ],
    );
  });

  it("of a local run leave out what only a cluster honours, and say so", () => {
    const { args, notes } = one(
      { replicas: 2, envs: [{ name: "A", value: "b" }] },
      { local_execution: true, node_selector: { disk: "ssd" } },
      { spec: { path: "./model.pkl", model_name: "iris", image: "mine:1" } },
    );
    assert.deepEqual(args, {
      kind: "sklearnserve",
      path: "./model.pkl",
      modelName: "iris",
      localExecution: true,
      envs: [{ name: "A", value: "b" }],
    });
    const text = "Only a cluster honours it, and the run is a local one.";
    const fields = ["function.spec.image", "run.spec.node_selector", "task.spec.replicas"];
    assert.deepEqual(
      notes,
      fields.map((field) => ({ field, outcome: "left-out", text })),
    );
    assert.deepEqual(check("iris", args), []);
  });

  it("let a run win over its task, and its path name a part of the function's", () => {
    const { args } = one(
      { replicas: 2, profile: "small" },
      { replicas: 3, path: "S3://models/iris/model.pkl.d/a.pkl" },
    );
    assert.equal(args.replicas, 3);
    assert.equal(args.path, "S3://models/iris/model.pkl.d/a.pkl");
    assert.throws(
      () => one({}, { path: "s3://other/model.pkl" }),
      /run\.spec\.path: invalid path override "s3:\/\/other/,
    );
  });

  it("tell of memory in thousandths of a byte, which the platform's own default was", () => {
    const { args, notes } = one({ resources: { mem: { requests: "64m" } } });
    assert.deepEqual(args.resources, { requests: { memory: "64m" }, limits: {} });
    assert.match(notes[0]?.text ?? "", /Was "64Mi" meant\?/);
  });

  it("are refused as a text that holds none", () => {
    assert.throws(() => fromDigitalHub("a: ["), /neither YAML nor JSON/);
    assert.throws(() => fromDigitalHub("hello"), /holds no definitions/);
  });

  it("keep the platform's name of a model, so that URLs stay", () => {
    const { args, notes } = one({}, {}, { spec: { path: "s3://models/iris/model.pkl" } });
    assert.equal(args.modelName, "model");
    assert.equal(notes[0]?.field, "function.spec.model_name");
  });

  it("give the resource a name that Kubernetes can have, and say so where it is another", () => {
    const called = (name: string) => one({}, {}, { name }).name;
    assert.equal(called("iris"), "iris");
    assert.equal(called("My Iris_2"), "my-iris-2");
    assert.equal(called("2024"), "model");
    assert.equal(called(`${"a".repeat(45)}-b`), "a".repeat(45));
    const [note] = one({}, {}, { name: "2024" }).notes.filter(({ field }) => field === "function.name");
    assert.match(note?.text ?? "", /^The resource is called "model"/);
  });

  it("give each resource a name of its own, the first of several theirs", () => {
    const names = (...given: string[]) =>
      fromDigitalHub(given.map((name) => ({ function: { ...FUNCTION, name } }))).models.map(({ name }) => name);
    assert.deepEqual(names("iris", "iris", "iris-2"), ["iris", "iris-3", "iris-2"]);
    const [, second] = fromDigitalHub([{ function: FUNCTION }, { function: FUNCTION }]).models;
    assert.match(second?.notes[0]?.text ?? "", /called "iris-2": another one before it is "iris"/);
    assert.deepEqual(names("a".repeat(46), "a".repeat(46)), ["a".repeat(46), `${"a".repeat(44)}-2`]);
  });

  it("are taken where `resolve` says they are as any other path", () => {
    const resolved = (kind: string, path: string) =>
      fromDigitalHub({ function: { ...FUNCTION, kind, spec: { path: "store://p/model/x" } } }, { resolve: () => path })
        .models[0]?.args.path;
    assert.equal(resolved("sklearnserve", "zip+s3://models/iris.zip"), "s3://models/iris.zip");
    assert.equal(resolved("mlflowserve", "s3://models/iris/MLmodel"), "s3://models/iris");
  });

  it("are refused where they are none, and have labels that YAML takes for numbers", () => {
    assert.throws(() => fromDigitalHub("name: x"), /\{"name":"x"\} is no definition: expected an entity/);
    assert.deepEqual(one({}, {}, { metadata: { labels: [2024] } }).args.labels, { 2024: "" });
    assert.deepEqual(fromDigitalHub({ kind: "project", spec: null } as never).models, []);
  });

  it("have texts where YAML makes numbers or truths of them", () => {
    const selector = [{ key: "gpu", value: true }];
    const { args } = one(
      { envs: [{ name: "OMP_NUM_THREADS", value: 8 }], node_selector: selector, secrets: [3] },
      {},
      { metadata: { labels: { year: 2024 } } },
    );
    assert.deepEqual(args.envs, [{ name: "OMP_NUM_THREADS", value: "8" }]);
    assert.deepEqual([args.nodeSelector, args.secrets, args.labels], [{ gpu: "true" }, ["3"], { year: "2024" }]);
  });

  it("have what the task says where the run says nothing", () => {
    const { args } = one({ replicas: 3, envs: [{ name: "A", value: "1" }] }, { replicas: null, envs: [] });
    assert.deepEqual([args.replicas, args.envs?.length], [3, 1]);
  });

  it("are refused with each field of another form than the platform's, and with no other error", () => {
    assert.throws(
      () =>
        one(
          { envs: "x", volumes: [] },
          { local_execution: "yes", volumes: [null] },
          { name: 5, spec: { path: ["a"] } },
        ),
      (error: Error) => {
        assert.deepEqual(error.message.split("\n").slice(1), [
          "  model: run.spec.local_execution: It is a text, not true or false.",
          "  model: function.spec.path: It is a list, not a text.",
          "  model: function.spec.path: model path is missing or invalid",
          "  model: task.spec.envs: It is a text, not a list.",
          "  model: run.spec.volumes[0]: It is null, not a group of fields.",
        ]);
        return true;
      },
    );
    const known = [
      ...["path", "node_selector", "affinity", "tolerations", "volumes", "secrets", "envs", "resources", "profile"],
      ...["replicas", "service_type", "service_name", "runtime_class", "priority_class", "local_execution", "args"],
      ...["huggingface_task", "max_length", "metadata", "spec", "id", "project", "image", "model_name", "labels"],
    ];
    const field = fc.dictionary(fc.constantFrom(...known), fc.jsonValue({ maxDepth: 3 }));
    const kind = fc.constantFrom("sklearnserve", "huggingfaceserve");
    fc.assert(
      fc.property(kind, field, field, field, field, (kind, task, run, spec, more) => {
        try {
          const { args } = one(task, run, {
            ...more,
            kind,
            spec: { ...FUNCTION.spec, ...spec },
            metadata: more.metadata ?? spec,
          });
          if (checkForm(args).length === 0) check("iris", args);
        } catch (error) {
          assert.match((error as Error).message, /^These definitions cannot be converted:\n/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("are refused with all that cannot be converted, each with its place", () => {
    const definitions = [
      { function: { ...FUNCTION, name: "a", kind: "vllmserve-text" } },
      { function: { ...FUNCTION, name: "b", spec: { path: "store://p/model/sklearn/iris:1" } } },
      { function: { ...FUNCTION, name: "c", spec: {} } },
      { function: { ...FUNCTION, name: "d", spec: { path: "https://example.org/model.pkl" } } },
    ];
    assert.throws(
      () => fromDigitalHub(definitions),
      (error: Error) => {
        assert.deepEqual(
          error.message
            .split("\n")
            .slice(1)
            .map((line) => line.trim().split(": ").slice(0, 2)),
          [
            ["a", "function.kind"],
            ["b", "function.spec.path"],
            ["c", "function.spec.path"],
            ["d", "function.spec.path"],
          ],
        );
        assert.match(error.message, /b: .*Say it by `resolve`/);
        return true;
      },
    );
  });

  it("drop nothing silently: a field that is not known has a note", () => {
    const names = fc.stringMatching(/^[a-z]{3,8}_x$/);
    fc.assert(
      fc.property(names, fc.constantFrom("function", "task", "run"), (name, place) => {
        const more = { [name]: "value" };
        const noted = fields(
          one(
            place === "task" ? more : {},
            place === "run" ? more : {},
            place === "function" ? { spec: { ...FUNCTION.spec, ...more } } : {},
          ),
        );
        assert.deepEqual(noted, [`${place}.spec.${name}`]);
      }),
    );
    const volume = { volume_type: "nfs", name: "v", mount_path: "/v", spec: { server: "x" } };
    assert.deepEqual(fields(one({ volumes: [volume], backoff_limit: 1 })).sort(), [
      "task.spec.backoff_limit",
      "task.spec.volumes[0].spec.server",
      "task.spec.volumes[0].volume_type",
    ]);
  });
});

describe("a definition for the DigitalHub platform", () => {
  it("of what came from there gives the same arguments again, and is the same again", () => {
    const [model] = fromDigitalHub(recorded("function-0.10.yaml")).models;
    assert(model);
    const out = toDigitalHub(model.name, model.args);
    assert.deepEqual(out.notes, []);
    const again = fromDigitalHub(out).models[0];
    assert.deepEqual(again?.args, model.args);
    assert.deepEqual(toDigitalHub(model.name, again?.args ?? model.args), out);
  });

  it("round-trips for all arguments that the platform has", () => {
    const text = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const optional = { requiredKeys: [] };
    const amounts = fc.record(
      { cpu: fc.constantFrom("1", "500m"), memory: fc.constantFrom("1Gi") },
      { requiredKeys: ["cpu"] },
    );
    const args = fc.record({
      kind: fc.constantFrom("sklearnserve" as const, "xgboostserve" as const),
      path: fc.constant("s3://models/m/model.pkl"),
      modelName: text,
      project: text,
    });
    const more = fc.record(
      {
        replicas: fc.integer({ min: 1, max: 9 }),
        serviceType: fc.constantFrom("ClusterIP" as const, "NodePort" as const, "LoadBalancer" as const),
        serviceName: text,
        profile: text,
        labels: fc.dictionary(text, text, { minKeys: 1, maxKeys: 3 }),
        nodeSelector: fc.dictionary(text, text, { minKeys: 1, maxKeys: 3 }),
        secrets: fc.array(text, { minLength: 1, maxLength: 2 }),
        envs: fc.array(fc.record({ name: text, value: text }), { minLength: 1, maxLength: 2 }),
        resources: fc.record({ requests: amounts, limits: amounts }),
        modelSize: fc.constant("3Gi"),
        description: text,
        embedded: fc.boolean(),
        image: text,
        tolerations: fc.array(fc.record({ key: text, tolerationSeconds: fc.nat() }), { minLength: 1, maxLength: 2 }),
      },
      optional,
    );
    fc.assert(
      fc.property(args, more, (required, optionals) => {
        const given: ModelServeArgs = JSON.parse(JSON.stringify({ ...required, ...optionals }));
        const out = toDigitalHub("m", given);
        assert.deepEqual(out.notes, []);
        assert.deepEqual(fromDigitalHub(out).models[0]?.args, given);
      }),
    );
  });

  it("has a note for what the platform has no place for, and refuses what is known only later", () => {
    const { notes } = toDigitalHub("iris", {
      kind: "mlflowserve",
      path: "s3://models/m/",
      smokeTest: { request: {} },
      envs: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
      resources: { limits: { "amd.com/gpu": "1" } },
      volumes: [
        { name: "words", mountPath: "/words", configMap: { name: "words", items: [{ key: "a", path: "b" }] } },
        { name: "scrap", mountPath: "/scrap", emptyDir: {} },
      ],
    });
    assert.deepEqual(fields({ notes }).sort(), [
      "envs[0]",
      "installRequirements",
      "resources.limits.amd.com/gpu",
      "smokeTest",
      "volumes[0].configMap.items",
      "volumes[1].emptyDir.sizeLimit",
    ]);
    assert.throws(
      () => toDigitalHub("iris", { kind: "sklearnserve", path: Promise.resolve("x") }),
      /known only while a program runs: path/,
    );
  });
});
