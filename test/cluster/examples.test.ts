import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../engine/stack";
import { Hub } from "../hub";
import { writeModel } from "../huggingface";
import { ClusterStack, HOST, kubectl } from "./clusterStack";
import { Store } from "./store";

describe("the examples for a cluster, as a user runs them", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  afterEach(() => stack.remove());

  const configure = async (values: Record<string, string>) => {
    for (const [name, value] of Object.entries({ namespace: stack.namespace, ...values }))
      await stack.ok("config", "set", ...(name === "secretAccessKey" ? ["--secret"] : []), name, value);
  };

  /** What a pod reads at a URL that only the cluster's inside knows. */
  const fetched = async (url: string): Promise<any> => {
    const [pod] = await stack.pods();
    const script = `import urllib.request; print(urllib.request.urlopen("${url}").read().decode())`;
    const options = ["--namespace", stack.namespace, "exec", pod.metadata.name, "--container", "server", "--"];
    return JSON.parse(await kubectl(...options, "python", "-c", script));
  };

  it("kubernetes: a small model on any cluster", async () => {
    stack = await new ClusterStack({ example: "kubernetes" }).init();
    await configure({});
    await stack.up();
    const { url, digest } = await stack.outputs();
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal((await fetched(`${url}/v2/models/iris`)).name, "iris");
    await stack.up("--expect-no-changes");
  });

  it("text-generation: a model of the Hub, asked in OpenAI's API", async () => {
    const hub = await new Hub({ host: HOST }).start();
    try {
      stack = await new ClusterStack({ example: "text-generation" }).init();
      await writeModel("text_generation", join(stack.folder, "model"));
      const commit = hub.commit("acme/writer", join(stack.folder, "model"));
      await configure({ path: `hf://acme/writer@${commit}`, hubEndpoint: hub.endpoint, modelSize: "10Mi" });
      await stack.up();
      const { openaiUrl, text } = await stack.outputs();
      assert.match(text, /\w/);
      assert.equal((await fetched(`${openaiUrl}/models`)).data[0].id, "writer");
      await stack.up("--expect-no-changes");
    } finally {
      await hub.stop();
    }
  });

  it("object-store: a model by the load, to those who may call it", async () => {
    const store = await new Store().start();
    try {
      stack = await new ClusterStack({ example: "object-store" }).init();
      store.put(join(ROOT, "examples", "digits", "model", "model.joblib"), "models", "digits/model.joblib");
      const { endpoint, accessKeyId, secretAccessKey } = store;
      await configure({ path: "s3://models/digits/model.joblib", endpoint, accessKeyId, secretAccessKey });
      await stack.up();
      assert.equal((await stack.pods()).length, 2);
      const { url } = await stack.outputs();
      assert.equal(url, `http://digits.${stack.namespace}.svc:8080`);
      assert.equal((await fetched(`${url}/v2/models/digits`)).name, "digits");
      await stack.up("--expect-no-changes");
    } finally {
      await store.stop();
    }
  });
});
