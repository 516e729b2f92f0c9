import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { lineOf, tried } from "../faults";
import { train } from "../models";
import { apply, ClusterStack } from "./clusterStack";

const PROGRAM = `
new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, serviceType: "ClusterIP",
  resources: { requests: { cpu: "50m", memory: "100Mi" } }, drainSeconds: 5,
});`;

describe("a model on a cluster", function () {
  this.timeout(600_000);
  let stack: ClusterStack;

  before(async () => {
    stack = await new ClusterStack(PROGRAM).init();
    await train("iris", join(stack.folder, "model.pkl"));
  });
  after(() => stack.remove());

  const refreshed = async () => {
    const { urn } = await stack.readiness();
    await stack.ok("refresh", "--yes", "--skip-preview", "--target", urn);
    return (await stack.readiness()).outputs.serving;
  };

  it("is gone with all its pods when `destroy` has ended", async () => {
    await stack.up();
    assert.equal((await stack.objects("pods")).length, 1);
    await stack.ok("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await stack.objects("pods"), []);
  });

  it("is found to serve or not by a refresh, and waited for again when not", async () => {
    await stack.up();
    assert.equal(await refreshed(), true);
    const { outputs } = await stack.readiness();
    const state = JSON.parse(await stack.ok("stack", "export"));
    const { outputs: kept } = state.deployment.resources.find(({ type }: any) => type.endsWith("modelserve:Readiness"));
    kept.uid = "of-another";
    const file = join(stack.folder, "state.json");
    writeFileSync(file, JSON.stringify(state));
    await stack.ok("stack", "import", "--file", file);
    assert.equal(await refreshed(), false);
    assert.match(await stack.up(), /modelserve:Readiness.*updated/);
    assert.equal((await stack.readiness()).outputs.uid, outputs.uid);
    await stack.up("--expect-no-changes");
  });

  it("is not taken for that of a killed update, whose pods answer as well: the next one says how to delete that", async () => {
    const { metadata, spec } = await stack.only("deployments");
    const { namespace, labels } = metadata;
    await apply({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "left", namespace, labels }, spec });
    stack.write(PROGRAM.replace("drainSeconds", 'modelVersion: "2", drainSeconds'));
    const said = await stack.up();
    assert.match(said, new RegExp(`warning: .*kubectl --namespace ${namespace} delete deployment left`));
    tried({
      fault: "a killed update has left a Deployment that nobody knows",
      happens: "the next update serves, and warns of it",
      reads: lineOf(said, /calls of the model reach/),
    });
  });

  it("is neither lost nor gone for a refresh when its cluster cannot be asked, and can be destroyed", async () => {
    const reachable = stack.env.KUBECONFIG;
    const config = parse(readFileSync(reachable ?? "", "utf8"));
    for (const { cluster } of config.clusters) cluster.server = "https://127.0.0.1:9";
    const file = join(stack.folder, "unreachable.yaml");
    writeFileSync(file, stringify(config));
    stack.env.KUBECONFIG = file;
    assert.equal(await refreshed(), "unknown");
    const said = await stack.fails("destroy", "--yes", "--skip-preview");
    assert.match(said, /unreachable/);
    stack.env.PULUMI_K8S_DELETE_UNREACHABLE = "true";
    await stack.ok("destroy", "--yes", "--skip-preview");
    assert.equal(await stack.readiness(), undefined);
    tried({
      fault: "the cluster cannot be reached any more",
      happens: "a refresh does not lose the model; `destroy` works with `PULUMI_K8S_DELETE_UNREACHABLE=true`",
      reads: lineOf(said, /.*unreachable/),
    });
  });
});
