import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type InvokeOptions, invoke } from "../../src";
import { modelserve } from "../engine/cli";
import { type Expected, predictions, request, train } from "../models";
import { until } from "../until";
import { Account } from "./account";
import { ClusterStack, kubectl, NODE } from "./clusterStack";

const execute = promisify(execFile);

/** A node port of the test's own, so that it can be closed before there is a Service. */
const NODE_PORT = 30_000 + Math.floor(Math.random() * 2_768);

const program = (args: string, call: string) => `
const readiness = { kubeconfig: require("fs").readFileSync(process.env.TEST_KUBECONFIG, "utf8") };
const onNodePort = ({ type, props, opts }) => type !== "kubernetes:core/v1:Service" || props.spec.type !== "NodePort" ? undefined
  : { props: { ...props, spec: { ...props.spec, ports: [{ ...props.spec.ports[0], nodePort: ${NODE_PORT} }, props.spec.ports[1]] } }, opts };
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "./model.pkl", namespace: process.env.TEST_NAMESPACE, timeoutSeconds: 300, drainSeconds: 1,
  serviceType: "ClusterIP", readiness, ...{ ${args} },
}, { transforms: [onNodePort] });
exports.url = model.url;
exports.externalUrl = model.externalUrl;
exports.species = model.invoke(${call}).outputs[0].data;`;

describe("a call of a model on a cluster", function () {
  this.timeout(600_000);
  let stack: ClusterStack;
  let expected: Expected;
  let kubeconfig: any;

  before(async () => {
    stack = await new ClusterStack("").init();
    expected = await train("iris", join(stack.folder, "model.pkl"));
    kubeconfig = JSON.parse(await kubectl("config", "view", "--raw", "--minify", "--flatten", "--output", "json"));
    use(kubeconfig);
  });
  after(() => stack.remove());

  function use(config: unknown): void {
    stack.env.TEST_KUBECONFIG = join(stack.folder, "kubeconfig");
    writeFileSync(stack.env.TEST_KUBECONFIG, JSON.stringify(config));
  }

  const call = (count: number, more = "") =>
    `{ json: ${JSON.stringify(request(expected.rows.slice(0, count)))} ${more} }`;

  const species = async () => (await stack.outputs()).species;

  /** How often the one pod that is there was asked. */
  async function calls(): Promise<number> {
    const [pod] = await stack.pods();
    const path = `/api/v1/namespaces/${stack.namespace}/pods/${pod.metadata.name}:8082/proxy/metrics`;
    const metrics = await kubectl("get", "--raw", path);
    return Number(/^model_infer_request_success_total\{.*\} (\S+)$/m.exec(metrics)?.[1] ?? 0);
  }

  /** Asks from here, as any other program does. */
  const ask = async (options: InvokeOptions, url?: string) =>
    (await invoke(url ?? (await stack.outputs()).url, request(expected.rows), { modelName: "iris", ...options }))
      .outputs[0]?.data;

  describe("in a program", () => {
    it("reaches a Service of type ClusterIP, and leaves no kubeconfig in the state that could be read", async () => {
      stack.write(program("", call(3)));
      await stack.up();
      assert.deepEqual(await species(), expected.predictions.slice(0, 3));
      assert.equal(await calls(), 1);
      const state = await stack.ok("stack", "export");
      const { user } = kubeconfig.users[0];
      const secret = user["client-key-data"] ?? user.token;
      assert.ok(secret.length > 100 && !state.includes(secret));
    });

    it("is not made again when nothing changed but the kubeconfig", async () => {
      await stack.up("--expect-no-changes");
      use({ ...kubeconfig, preferences: { colors: true } });
      assert.doesNotMatch(await stack.ok("preview", "--diff"), /[+~-] /);
      await stack.up("--expect-no-changes");
      assert.equal(await calls(), 1);
    });

    it("is made again when the request changes", async () => {
      stack.write(program("", call(5)));
      const preview = await stack.ok("preview", "--diff");
      assert.match(preview, /~ .*Invocation:.*\n.*\n.*Invocation::iris-invoke\]/);
      assert.doesNotMatch(preview, /apiVersion/);
      await stack.up();
      assert.deepEqual(await species(), expected.predictions.slice(0, 5));
      assert.equal(await calls(), 2);
    });
  });

  describe("in any other program", () => {
    it("goes to a ready pod of the Service, also when that of the last call is gone", async () => {
      assert.deepEqual(await ask({ cluster: {} }), expected.predictions);
      const [pod] = await stack.pods();
      await kubectl("--namespace", stack.namespace, "delete", "pod", pod.metadata.name, "--wait=false");
      const refused: string[] = [];
      await until(async () => {
        const got = await ask({ cluster: {} }).catch(({ message }) => void refused.push(message));
        return got !== undefined;
      });
      assert.deepEqual(await ask({ cluster: {} }), expected.predictions);
      assert.notEqual((await stack.pods())[0].metadata.name, pod.metadata.name);
      for (const message of refused)
        assert.match(message, /serves the model: none of \d is ready\. See `modelserve status`/);
      assert.ok(refused.length > 0);
    });

    it("takes a kubeconfig, its file and a context", async () => {
      const [{ name: context }] = kubeconfig.contexts;
      assert.deepEqual(await ask({ cluster: { kubeconfig: JSON.stringify(kubeconfig) } }), expected.predictions);
      assert.deepEqual(
        await ask({ cluster: { kubeconfig: stack.env.TEST_KUBECONFIG, context } }),
        expected.predictions,
      );
      await assert.rejects(ask({ cluster: { context: "other" } }), /The kubeconfig has no context "other"/);
    });

    it("says that the Service is not there, and which URLs are possible", async () => {
      const { url } = await stack.outputs();
      const { host } = new URL(url);
      await assert.rejects(
        ask({ cluster: {} }, url.replace("//iris", "//tulips")),
        new RegExp(`has no Service ${stack.namespace}/tulips-[0-9a-f]{8}\\. Check that the kubeconfig`),
      );
      assert.deepEqual(
        await ask({ cluster: {} }, `http://${host.replace(".svc", ".svc.cluster.local")}`),
        expected.predictions,
      );
      await assert.rejects(ask({ cluster: {} }, `http://${NODE}:8080`), /is not one of a cluster's inside/);
      await assert.rejects(
        ask({ cluster: {} }, url.replace("8080", "80")),
        /has no port 80\. It has 8080 \(http\), 8081 \(grpc\)/,
      );
    });

    it("says so when the model needs longer than it may", async () => {
      await assert.rejects(
        ask({ cluster: {}, timeout: 0.01 }),
        /did not answer within 0\.01 s|the call's time \(`timeout`\)/,
      );
    });

    it("names the rights that its user lacks, and needs no more than those", async () => {
      const rules = [
        { apiGroups: [""], resources: ["services"], verbs: ["get"] },
        { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
        { apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"] },
      ];
      const account = await new Account(stack.namespace, "caller").init([]);
      const caller = await account.kubeconfig();
      const attempt = (count: number) => account.allow(rules.slice(0, count)).then(() => eventually(caller, count));
      const eventually = async (kubeconfig: string, count: number) => {
        let message: string | undefined;
        await until(async () => {
          message = await ask({ cluster: { kubeconfig } }).then(
            () => undefined,
            (error) => error.message,
          );
          return message === undefined || message.includes(NEEDED[count] ?? "?"); // rights need a moment
        });
        return message;
      };
      const NEEDED = ["`get` on `services`", "`list` on `pods`", "`get` and `create` on `pods/portforward`"];
      for (const [count, right] of NEEDED.entries()) {
        const expected = `(403): ${right} in the namespace ${stack.namespace} is needed. Grant it by a Role`;
        assert.ok((await attempt(count))?.includes(expected));
      }
      assert.equal(await attempt(3), undefined);
    });
  });

  describe("where the node ports are closed", () => {
    const rule = ["OUTPUT", "--destination", NODE, "--protocol", "tcp", "--dport", String(NODE_PORT), "--jump", "DROP"];
    /** Packets that went to the node port. */
    const packets = async () => {
      const { stdout } = await execute("iptables", ["--list", "OUTPUT", "--verbose", "--numeric", "--exact"]);
      return Number(new RegExp(`^ *(\\d+) .*dpt:${NODE_PORT}\\b`, "m").exec(stdout)?.[1]);
    };
    before(() => execute("iptables", ["--insert", ...rule]));
    after(() => execute("iptables", ["--delete", ...rule]).catch(() => {}));

    it("reaches a Service of type NodePort all the same", async () => {
      stack.write(program('serviceType: "NodePort", nodeHost: undefined', call(2)));
      await stack.up();
      const nodePorts = (await stack.objects("services"))
        .flatMap(({ spec }) => spec.ports)
        .map(({ nodePort }) => nodePort);
      assert.ok(nodePorts.includes(NODE_PORT));
      assert.deepEqual(await species(), expected.predictions.slice(0, 2));
      assert.equal((await stack.outputs()).externalUrl, undefined);
      const rows = expected.rows.slice(0, 3).flatMap((row) => ["--row", row.join()]);
      const { stdout, stderr } = await modelserve(stack, "invoke", "iris", "--json", ...rows);
      assert.deepEqual(JSON.parse(stdout || stderr).outputs[0].data, expected.predictions.slice(0, 3));
      assert.equal(await packets(), 0);
      await assert.rejects(ask({ timeout: 1 }, `http://${NODE}:${NODE_PORT}`), /did not answer within 1 s/);
      assert.ok((await packets()) > 0);
    });

    it("goes to the `url` that is given", async () => {
      const url = `, url: "http://${NODE}:${NODE_PORT}", timeout: 2`;
      stack.write(program(`serviceType: "NodePort", nodeHost: "${NODE}"`, call(4, url)));
      assert.match(await stack.fails("up", "--yes", "--skip-preview"), /did not answer within 2 s/);
      await execute("iptables", ["--delete", ...rule]);
      await until(() =>
        predictions(`http://${NODE}:${NODE_PORT}`, expected).then(
          () => true,
          () => false,
        ),
      );
      await stack.up();
      assert.deepEqual(await species(), expected.predictions.slice(0, 4));
    });
  });

  it("is refused without `url` where the model is not waited for, and previewed with it", async () => {
    stack.write(program("readiness: { enabled: false }", call(1)));
    const refused = await stack.fails("preview");
    assert.match(refused, /error: ModelServe "iris" cannot be invoked: url: It is missing: the model is in a cluster/);
    stack.write(program("readiness: { enabled: false }", call(1, ', url: "http://gateway.example"')));
    await stack.ok("preview");
  });
});
