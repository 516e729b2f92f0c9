import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { statusOf } from "../engine/cli";
import { ROOT } from "../engine/stack";
import { lineOf, tried } from "../faults";
import { kubeconfig } from "../kubeconfig";
import { train } from "../models";
import { Account, kubeconfigOf } from "./account";
import { ClusterStack } from "./clusterStack";

/** What a program makes a model with, beside `more`. */
const model = (more: string, options = "{}") => `
new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, serviceType: "ClusterIP",
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, drainSeconds: 1, ...{ ${more} },
}, ${options});`;

const PROVIDER = `
const { Provider } = require("@pulumi/kubernetes");
const ambient = require("node:fs").readFileSync(process.env.KUBECONFIG, "utf8");`;

const OWN_WAIT = /Pulumi's own wait is used.*`readiness\.kubeconfig`/;

describe("the waiter", function () {
  this.timeout(900_000);
  let stack: ClusterStack;

  beforeEach(async () => {
    stack = await new ClusterStack("").init();
    await train("iris", join(stack.folder, "model.pkl"));
  });
  afterEach(() => stack.remove());

  it("is off, and says so, where the model has a provider of its own: Pulumi's own wait names the container", async () => {
    const program = (more: string) =>
      `${PROVIDER}${model(more, '{ providers: [new Provider("own", { kubeconfig: ambient })] }')}`;
    stack.write(program(""));
    assert.match(await stack.ok("preview"), OWN_WAIT);
    await stack.up();
    assert.equal(await stack.readiness(), undefined);
    writeFileSync(join(stack.folder, "model.pkl"), "no model");
    stack.write(program("timeoutSeconds: 5"));
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /containers with incomplete status: \[prepare-model\]/);
    const { kubernetes } = await statusOf(stack);
    assert.match(kubernetes.findings[0].what, /model\.pkl cannot be loaded: it is not a pickle/);
  });

  it("waits in a cluster that is known only when the program runs, with a provider for it", async () => {
    stack.write(`${PROVIDER}
class Cluster extends pulumi.dynamic.Resource {}
const made = new Cluster({ create: async () => ({ id: "made", outs: { kubeconfig: ambient } }) }, "made", { kubeconfig: undefined });
const { kubeconfig } = made;
${model("readiness: { kubeconfig }", '{ providers: [new Provider("made", { kubeconfig })] }')}`);
    assert.doesNotMatch(await stack.ok("preview"), OWN_WAIT);
    await stack.up();
    const { outputs } = await stack.readiness();
    assert.equal(outputs.serving, true);
    assert.ok("4dabf18193072939515e22adb298388d" in outputs.kubeconfig, "the kubeconfig is not a secret in the state");
    await stack.up("--expect-no-changes");
  });

  it("does with the rights of the Role that is documented, a token that changes, and an exec plug-in", async () => {
    const waiter = await new Account(stack.namespace, "waiter").init(documentedRules());
    const file = join(stack.folder, "waiter.yaml");
    const program = (more: string) => model(`readiness: { kubeconfig: ${JSON.stringify(file)} }, ${more}`);
    const inline = "readiness: { kubeconfig: process.env.WAITER }";

    const first = await waiter.token();
    stack.env.WAITER = await kubeconfigOf({ token: first });
    stack.write(model(inline));
    await stack.up();
    const second = await waiter.token();
    assert.notEqual(first, second);
    stack.env.WAITER = await kubeconfigOf({ token: second });
    await stack.up("--expect-no-changes");

    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: second },
    };
    writeFileSync(join(stack.folder, "credential.json"), JSON.stringify(credential));
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "cat",
      args: [join(stack.folder, "credential.json")],
      interactiveMode: "Never",
    };
    writeFileSync(file, await kubeconfigOf({ exec }));
    stack.write(program('modelVersion: "2"'));
    await stack.up();
    assert.equal((await stack.readiness()).outputs.serving, true);

    writeFileSync(join(stack.folder, "model.pkl"), "no model");
    stack.write(program('modelVersion: "3", onFailure: "undo"'));
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /model\.pkl cannot be loaded/);
    assert.match(said, /Went back to the pods that served before/);
  });

  it("does not take a Deployment of another cluster for the model, and names a context that is not there", async () => {
    const elsewhere = await emptyCluster();
    try {
      const { port } = elsewhere.address() as AddressInfo;
      stack.env.WAITER = kubeconfig(`http://127.0.0.1:${port}`);
      stack.write(model("readiness: { kubeconfig: process.env.WAITER }"));
      const said = await stack.fails("up", "--yes", "--skip-preview");
      assert.match(said, /the kubeconfig's cluster has no Deployment \S+\/iris-\S+ that Pulumi made\. Give/);
      tried({
        fault: `the waiter's kubeconfig is that of another cluster`,
        happens: `the update fails`,
        reads: lineOf(said, /the kubeconfig.s cluster/),
      });
    } finally {
      elsewhere.closeAllConnections();
      elsewhere.close();
    }
    stack.write(model('readiness: { context: "nowhere" }'));
    const said = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(said, /The kubeconfig has no context "nowhere"\. It has \S+/);
    stack.write(model(""));
    await stack.up();
    assert.equal((await stack.readiness()).outputs.serving, true);
  });

  it("waits for nothing where manifests are rendered", async () => {
    const rendered = join(stack.folder, "rendered");
    delete stack.env.KUBECONFIG; // this provider takes none
    stack.write(
      `const { Provider } = require("@pulumi/kubernetes");${model("", `{ providers: [new Provider("yaml", { renderYamlToDirectory: ${JSON.stringify(rendered)} })] }`)}`,
    );
    await stack.up();
    const files = readdirSync(join(rendered, "1-manifest"));
    assert.ok(
      files.some((name) => name.includes("deployment")),
      files.join(" "),
    );
    assert.deepEqual(await stack.objects("deployments"), []);
  });
});

/** The rules of the Role that docs/readiness.md gives for the waiter. */
function documentedRules(): object[] {
  const page = readFileSync(join(ROOT, "docs", "readiness.md"), "utf8");
  return parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "").rules;
}

/** An API server that has nothing. */
function emptyCluster(): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    response.setHeader("content-type", "application/json");
    if (url.includes("watch=true")) response.flushHeaders();
    else
      response.end(JSON.stringify({ apiVersion: "v1", kind: "List", metadata: { resourceVersion: "1" }, items: [] }));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
