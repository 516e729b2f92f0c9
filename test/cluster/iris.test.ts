import assert from "node:assert/strict";
import { join } from "node:path";
import { type Expected, train, untilPredicts } from "../models";
import { until } from "../until";
import { ClusterStack, kubectl, NODE } from "./clusterStack";
import { Store } from "./store";

const program = (more: string) => `
const model = new ModelServe("iris", {
  kind: "sklearnserve", namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", timeoutSeconds: 300, drainSeconds: 1, ${more}
});
exports.url = model.url;
exports.externalUrl = model.externalUrl;
exports.digest = model.modelDigest;`;

const SMALL = program('path: "./model.pkl"');

describe("a small scikit-learn model on a cluster", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let store: Store;
  let expected: Expected;

  before(async () => {
    stack = await new ClusterStack(SMALL).init();
    store = await new Store().start();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    store.put(join(stack.folder, "model.pkl"), "models", "iris/model.pkl");
  });
  after(async () => {
    await stack.remove();
    await store.stop();
  });

  /** Right after an update the node may still send a request to a pod that is ending. */
  const predictsAsInPython = async () => {
    const { externalUrl } = await stack.outputs();
    await untilPredicts(externalUrl, expected);
  };

  it("is served from this machine through a ConfigMap, and predicts what it predicts in Python", async () => {
    await stack.up();
    await predictsAsInPython();
    const { url, digest } = await stack.outputs();
    const service = await kubectl("--namespace", stack.namespace, "get", "service", "--output", "name");
    assert.match(url, new RegExp(`^http://iris-[0-9a-f]{8}\\.${stack.namespace}\\.svc:8080$`));
    assert.match(service, new RegExp(`service/${new URL(url).hostname.split(".")[0]}\n`));
    assert.match(digest, /^[0-9a-f]{64}$/);
  });

  it("has a Deployment that waits for no Service, which would wait for its pods", async () => {
    const { resources } = JSON.parse(await stack.ok("stack", "export")).deployment;
    const { dependencies } = resources.find(({ type }: any) => type.endsWith(":Deployment"));
    assert.ok(dependencies.length > 0);
    assert.deepEqual(
      dependencies.filter((urn: string) => urn.includes(":Service::")),
      [],
    );
  });

  it("gives no diff when nothing changed", async () => {
    await stack.up("--expect-no-changes");
    assert.doesNotMatch(await stack.ok("preview", "--diff"), /[+~-] /);
  });

  it("is replaced pod by pod when its file changes, which the preview shows as a digest", async () => {
    expected = await train("iris-reversed", join(stack.folder, "model.pkl"));
    const preview = await stack.ok("preview", "--diff");
    assert.match(preview, /modelserve\/model-digest: "[0-9a-f]{64}" => "[0-9a-f]{64}"/);
    assert.doesNotMatch(preview, /settings-digest/);
    await stack.up();
    await predictsAsInPython();
    await stack.up("--expect-no-changes");
  });

  it("is called in the program, once it serves, and again when it changes", async () => {
    const flowers = { name: "flowers", shape: [1, 4], datatype: "FP64", data: expected.rows[0] };
    const call = `exports.species = model.invoke({ json: ${JSON.stringify({ inputs: [flowers] })} }).outputs[0].data[0];`;
    stack.write(`${program('path: "./model.pkl", modelVersion: "2"')}\n${call}`);
    await stack.up();
    assert.equal((await stack.outputs()).species, expected.predictions[0]);
    await stack.up("--expect-no-changes");
  });

  it("is served from an object store by the keys of a generated Secret", async () => {
    const { endpoint, accessKeyId, secretAccessKey } = store;
    const storage = JSON.stringify({ endpoint, accessKeyId, secretAccessKey });
    expected = await train("iris", join(stack.folder, "model.pkl"));
    stack.write(program(`path: "s3://models/iris/model.pkl", storage: ${storage}`));
    await stack.up();
    await predictsAsInPython();
    await stack.up("--expect-no-changes");
    assert.doesNotMatch(await stack.ok("stack", "export"), new RegExp(secretAccessKey));
  });

  it("leaves nothing in the namespace when it is destroyed", async () => {
    await stack.ok("destroy", "--yes", "--skip-preview");
    const kinds = "deployments,replicasets,pods,services,secrets,configmaps";
    const left = async () =>
      (await stack.objects(kinds)).map(({ metadata }) => metadata.name).filter((name) => name !== "kube-root-ca.crt");
    await until(async () => (await left()).length === 0);
  });
});
