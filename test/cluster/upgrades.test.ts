import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../engine/stack";
import { ClusterStack } from "./clusterStack";
import { changes, preview } from "./preview";
import { Store } from "./store";

const STATES = join(__dirname, "states");
const MODEL = join(ROOT, "examples", "iris", "model", "model.pkl");

/** Written for the first release, and never changed: what users have does not change either. */
const PROGRAM = `
const common = { kind: "sklearnserve", namespace: process.env.TEST_NAMESPACE, timeoutSeconds: 300, drainSeconds: 1,
  resources: { requests: { cpu: "50m", memory: "100Mi" } } };
new ModelServe("small", { ...common, path: "./model.pkl", replicas: 1, secretEnvs: { TOKEN: "token" }, labels: { team: "botany" },
  envs: [{ name: "GREETING", value: "hello" }, { name: "DELICATE", value: pulumi.secret("delicate") }] });
new ModelServe("stored", { ...common, path: pulumi.output("s3://models/iris/model.pkl"), modelVersion: "7", modelSize: "100Mi",
  serviceType: "ClusterIP", serviceName: "stored", networkPolicy: { egress: [{ ports: [5432] }] },
  autoscaling: { maxReplicas: 2 }, serverSettings: { parallel_workers: 1 },
  storage: { endpoint: process.env.TEST_ENDPOINT, accessKeyId: "AKTESTTEST", secretAccessKey: "secret-of-the-tests" } });`;

/** What stands beside an exported state. */
interface Variables {
  TEST_NAMESPACE: string;
  TEST_ENDPOINT: string;
}

describe("an upgrade of this library", function () {
  this.timeout(600_000);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

  it(`keeps the state of its release, ${version}, which UPDATE_STATE=1 writes anew`, async () => {
    const folder = join(STATES, version);
    if (process.env.UPDATE_STATE) await writeState(folder);
    assert.ok(readdirSync(STATES).includes(version));
  });

  for (const release of readdirSync(STATES)) {
    it(`from ${release} changes nothing of what is there`, async () => {
      const folder = join(STATES, release);
      const stack = await new ClusterStack(PROGRAM).init();
      try {
        copyFileSync(MODEL, join(stack.folder, "model.pkl"));
        Object.assign(stack.env, JSON.parse(readFileSync(join(folder, "variables.json"), "utf8")));
        stack.env.KUBECONFIG = join(stack.folder, "none"); // a state says all that a preview needs
        await stack.ok("stack", "import", "--file", join(folder, "state.json"));
        assert.deepEqual(changes(await preview(stack, () => {})), []);
        await stack.ok("state", "delete", "--all", "--force", "--yes");
      } finally {
        await stack.remove();
      }
    });
  }
});

async function writeState(folder: string): Promise<void> {
  const store = await new Store().start();
  const stack = await new ClusterStack(PROGRAM).init();
  try {
    copyFileSync(MODEL, join(stack.folder, "model.pkl"));
    store.put(MODEL, "models", "iris/model.pkl");
    stack.env.TEST_ENDPOINT = store.endpoint;
    await stack.up();
    const variables: Variables = { TEST_NAMESPACE: stack.namespace, TEST_ENDPOINT: store.endpoint };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "variables.json"), `${JSON.stringify(variables)}\n`);
    const state = JSON.parse(await stack.ok("stack", "export"));
    for (const resource of state.deployment.resources) {
      delete resource.stackTrace; // paths of this machine
      delete resource.sourcePosition;
    }
    writeFileSync(join(folder, "state.json"), `${JSON.stringify(state)}\n`);
  } finally {
    await stack.remove();
    await store.stop();
  }
}
