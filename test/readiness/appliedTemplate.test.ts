import assert from "node:assert/strict";
import fc from "fast-check";
import { appliedTemplate } from "../../src/readiness/appliedTemplate";

type Fields = { [key: string]: Fields };

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** As Kubernetes 1.34 keeps a small Deployment that Pulumi applied. */
const TEMPLATE = {
  metadata: { creationTimestamp: null, labels: { app: "iris" } },
  spec: {
    containers: [
      {
        command: ["mlserver", "start", "/mnt/settings"],
        env: [{ name: "HOME", value: "/tmp" }],
        image: "seldonio/mlserver:1.7.1-sklearn",
        imagePullPolicy: "IfNotPresent",
        name: "server",
        ports: [{ containerPort: 8080, name: "http", protocol: "TCP" }],
        resources: { requests: { cpu: "250m" } },
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
    ],
    dnsPolicy: "ClusterFirst",
    nodeSelector: { "kubernetes.io/arch": "amd64" },
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
  },
};
const FIELDS: Fields = {
  "f:metadata": { "f:labels": { "f:app": {} } },
  "f:spec": {
    "f:containers": {
      'k:{"name":"server"}': {
        ".": {},
        "f:command": {},
        "f:env": { 'k:{"name":"HOME"}': { ".": {}, "f:name": {}, "f:value": {} } },
        "f:image": {},
        "f:name": {},
        "f:ports": { 'k:{"containerPort":8080,"protocol":"TCP"}': { ".": {}, "f:containerPort": {}, "f:name": {} } },
        "f:resources": { "f:requests": { "f:cpu": {} } },
        "f:terminationMessagePolicy": {},
      },
    },
    "f:nodeSelector": {},
  },
};
const APPLIED = {
  metadata: { labels: { app: "iris" } },
  spec: {
    containers: [
      {
        command: ["mlserver", "start", "/mnt/settings"],
        env: [{ name: "HOME", value: "/tmp" }],
        image: "seldonio/mlserver:1.7.1-sklearn",
        name: "server",
        ports: [{ containerPort: 8080, name: "http" }],
        resources: { requests: { cpu: "250m" } },
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
    ],
    nodeSelector: { "kubernetes.io/arch": "amd64" },
  },
};

const entry = (template: Fields, change: object = {}) => ({
  manager: "pulumi-kubernetes-4f1c2a7b",
  operation: "Apply",
  fieldsV1: { "f:spec": { "f:replicas": {}, "f:selector": {}, "f:template": template } },
  ...change,
});
const applied = (template: unknown, managedFields: object[], annotations?: Record<string, string>) =>
  appliedTemplate({ metadata: { managedFields, annotations }, spec: { replicas: 1, template } });

const copy = () => structuredClone(TEMPLATE) as any;

describe("the template that was applied", () => {
  it("is what Pulumi's field manager has, without what Kubernetes filled in", () => {
    assert.deepEqual(applied(TEMPLATE, [entry(FIELDS)]), APPLIED);
  });

  it("stays the same when somebody else adds to it", () => {
    const template = copy();
    template.metadata.annotations = { "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z" };
    const [server] = template.spec.containers;
    server.env.unshift({ name: "ADDED", value: "1" });
    server.ports.unshift({ containerPort: 8080, name: "added", protocol: "UDP" });
    template.spec.containers.unshift({ name: "istio-proxy", image: "proxy" });
    assert.deepEqual(applied(template, [entry(FIELDS)]), APPLIED);
  });

  it("changes with what was applied, a list's item and an atomic list included", () => {
    const changes: ((template: any) => void)[] = [
      (template) => (template.spec.containers[0].image = "another"),
      (template) => (template.spec.containers[0].env[0].value = "/"),
      (template) => template.spec.containers[0].command.push("more"),
      (template) => (template.spec.nodeSelector["kubernetes.io/os"] = "linux"),
      (template) => delete template.metadata.labels.app,
      (template) => template.spec.containers[0].ports.pop(),
    ];
    for (const change of changes) {
      const template = copy();
      change(template);
      assert.notDeepEqual(applied(template, [entry(FIELDS)]), APPLIED, String(change));
    }
  });

  it("has no fields that are gone", () => {
    const template = copy();
    delete template.spec.nodeSelector;
    const { nodeSelector: _, ...spec } = APPLIED.spec;
    assert.deepEqual(applied(template, [entry(FIELDS)]), { ...APPLIED, spec });
  });

  it("has the values of sets that were applied, and no others", () => {
    const fields: Fields = { "f:metadata": { "f:finalizers": { 'v:"b"': {}, 'v:"a"': {} } } };
    const template = { metadata: { finalizers: ["added", "b", "a"] } };
    assert.deepEqual(applied(template, [entry(fields)]), { metadata: { finalizers: ["a", "b"] } });
  });

  it("goes by no other manager, none of a subresource, and none that updated", () => {
    const all: Fields = { "f:spec": { "f:dnsPolicy": {} } };
    const others = [
      entry(all, { manager: "argocd-controller" }),
      entry(all, { manager: "kube-controller-manager", operation: "Update" }),
      entry(all, { operation: "Update" }),
      entry(all, { subresource: "status" }),
      entry(all, { manager: undefined }),
    ];
    assert.deepEqual(applied(TEMPLATE, [...others, entry(FIELDS)]), APPLIED);
    assert.deepEqual(applied(TEMPLATE, others), TEMPLATE);
  });

  it("goes by the manager of the Deployment itself, not by that of a patch that another resource of Pulumi applied", () => {
    const patch = (fields: object) =>
      entry({}, { manager: "pulumi-kubernetes-9a8b7c6d", fieldsV1: { "f:spec": fields } });
    const scaling = patch({ "f:replicas": {} });
    const annotating = patch({ "f:template": { "f:metadata": { "f:labels": { "f:app": {} } } } });
    for (const other of [scaling, annotating]) {
      assert.deepEqual(applied(TEMPLATE, [other, entry(FIELDS)]), APPLIED);
      assert.deepEqual(applied(TEMPLATE, [entry(FIELDS), other]), APPLIED);
    }
  });

  it("is the annotation's where client-side apply was used, and all there is where nothing is known", () => {
    const last = JSON.stringify({ spec: { replicas: 1, template: APPLIED } });
    const before = entry(FIELDS, { manager: "pulumi-resource-kubernetes", operation: "Update" });
    assert.deepEqual(applied(TEMPLATE, [before], { [ANNOTATION]: last }), APPLIED);
    assert.deepEqual(applied(TEMPLATE, [], {}), TEMPLATE);
    assert.deepEqual(appliedTemplate({ spec: { template: TEMPLATE } }), TEMPLATE);
    assert.equal(appliedTemplate({}), undefined);
  });

  it("is the managed fields' rather than that of an annotation that is left from before", () => {
    const last = JSON.stringify({ spec: { template: { spec: {} } } });
    assert.deepEqual(applied(TEMPLATE, [entry(FIELDS)], { [ANNOTATION]: last }), APPLIED);
  });

  it("is what was applied, whatever it is, and whatever others add at any place", () => {
    fc.assert(
      fc.property(object(3), ({ own, live, fields }) => {
        assert.deepEqual(applied(live, [entry(fields)]), own);
      }),
    );
  });
});

/** A value as it was applied and as it is with what others added, and the fields that Kubernetes keeps of it. */
interface Sample {
  own: unknown;
  live: unknown;
  fields: Fields;
}

const ownName = fc.stringMatching(/^[a-m][a-z]{0,3}$/);
const foreignName = fc.stringMatching(/^[n-z][a-z]{0,3}$/);
const json = fc.jsonValue({ maxDepth: 1 });
const foreign = fc.dictionary(foreignName, json, { maxKeys: 2 });

/** A value that is applied as a whole. */
const atomic: fc.Arbitrary<Sample> = json.map((own) => ({ own, live: own, fields: {} }));

function object(depth: number): fc.Arbitrary<Sample> {
  return fc.tuple(fc.dictionary(ownName, value(depth), { minKeys: 1, maxKeys: 3 }), foreign).map(([own, others]) => {
    const entries = Object.entries(own);
    return {
      own: Object.fromEntries(entries.map(([name, { own }]) => [name, own])),
      live: { ...others, ...Object.fromEntries(entries.map(([name, { live }]) => [name, live])) },
      fields: { ".": {}, ...Object.fromEntries(entries.map(([name, { fields }]) => [`f:${name}`, fields])) },
    };
  });
}

function value(depth: number): fc.Arbitrary<Sample> {
  return depth === 0 ? atomic : fc.oneof(atomic, set, list(depth - 1), object(depth - 1));
}

/** A list whose items have names; in the order of these, as that of lists is no matter. */
function list(depth: number): fc.Arbitrary<Sample> {
  const items = fc.dictionary(ownName, object(depth), { minKeys: 1, maxKeys: 3 });
  return fc.tuple(items, fc.array(foreignName, { maxLength: 2 })).map(([items, others]) => {
    const named = Object.entries(items).map(([name, item]) => ({ key: `k:${JSON.stringify({ name })}`, name, item }));
    const sorted = named.sort((a, b) => (a.key < b.key ? -1 : 1));
    return {
      own: sorted.map(({ name, item }) => ({ ...(item.own as object), name })),
      live: [
        ...others.map((name) => ({ name })),
        ...named.map(({ name, item }) => ({ ...(item.live as object), name })).reverse(),
      ],
      fields: Object.fromEntries(named.map(({ key, item }) => [key, { ...item.fields, "f:name": {} }])),
    };
  });
}

const set: fc.Arbitrary<Sample> = fc
  .tuple(fc.uniqueArray(ownName, { minLength: 1, maxLength: 3 }), fc.array(foreignName, { maxLength: 2 }))
  .map(([names, others]) => ({
    own: [...names].sort(),
    live: [...others, ...names],
    fields: Object.fromEntries(names.map((name) => [`v:${JSON.stringify(name)}`, {}])),
  }));
