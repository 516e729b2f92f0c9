import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs, StorageArgs } from "../../src";
import { train } from "../models";
import { certificate } from "./certificate";
import { apply, ClusterStack, HOST } from "./clusterStack";
import { type Ended, runInitContainers } from "./initPods";
import { type Asked, Recorder } from "./recorder";
import { Store } from "./store";

const REGION = "eu-south-1";
const PATH = "s3://models/iris/model.pkl";

/** What a model's fetch container did, and what the store was asked for it. */
interface Outcome {
  ended: Ended[];
  asked: Asked[];
}

describe("the container that fetches a model", function () {
  this.timeout(600_000);
  const store = new Store(["--region", REGION]);
  const outcomes: Record<string, Outcome> = {};
  const recorders: Recorder[] = [];
  let stack: ClusterStack;

  before(async () => {
    stack = await new ClusterStack("").init();
    await store.start();
    const { folder, namespace } = stack;
    await train("iris", join(folder, "model.pkl"));
    store.put(join(folder, "model.pkl"), "models", "iris/model.pkl");
    store.put(join(folder, "model.pkl"), "models", "iris-2/model.pkl");
    store.put(join(folder, "model.pkl"), "public", "iris/model.pkl");
    mkdirSync(join(folder, "with-code/code"), { recursive: true });
    for (const name of ["MLmodel", "code/__init__.py"]) writeFileSync(join(folder, "with-code", name), "");
    store.put(join(folder, "with-code"), "models", "with-code");
    store.allowEverybodyToRead("public");
    await apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "keys", namespace },
      stringData: { AWS_ACCESS_KEY_ID: store.accessKeyId, AWS_SECRET_ACCESS_KEY: store.secretAccessKey },
    });
    const tls = certificate(folder);

    const models: Record<string, ModelServeArgs> = {};
    const recorder = async (name: string, secure?: boolean) => {
      const started = await new Recorder(store.endpoint, secure ? tls : undefined).start();
      recorders.push(started);
      outcomes[name] = { ended: [], asked: started.asked };
      return started.endpoint;
    };
    const model = async (name: string, change: Partial<ModelServeArgs>, storage: StorageArgs, secure?: boolean) => {
      const endpoint = storage.endpoint ?? (await recorder(name, secure));
      const fetchResources = { requests: { cpu: "10m", memory: "32Mi" } };
      const given: ModelServeArgs = { kind: "sklearnserve", path: PATH, modelSize: "10Mi", fetchResources };
      models[name] = { ...given, storage: { region: REGION, ...storage, endpoint }, ...change };
    };
    const { accessKeyId, secretAccessKey } = store;
    const keys = { accessKeyId, secretAccessKey };
    await model("inline-keys", {}, keys);
    await model("existing-secret", {}, { secretName: "keys" });
    await model("anonymous", { path: "s3://public/iris/model.pkl" }, { anonymous: true });
    await model("session-token", {}, { ...keys, sessionToken: "a-token", sessionExpires: "2030-01-01T00:00:00Z" });
    await model("other-region", {}, { ...keys, region: "us-west-2" });
    const named = await byName(namespace, await recorder("virtual-host"));
    await model("virtual-host", {}, { ...keys, pathStyle: false, endpoint: named });
    await model("trusted", {}, { ...keys, caCertificate: readFileSync(tls.cert, "utf8") }, true);
    await model("not-trusted", {}, keys, true);
    await model("secret-path", { path: pulumi.secret("s3://models/classified") }, keys);
    await model("wrong-secret", {}, { ...keys, secretAccessKey: "wrong" });
    await model("no-keys", {}, {});
    await model("no-bucket", { path: "s3://no-such-bucket/iris" }, keys);
    await model("no-object", { path: "s3://models/no-such-model" }, keys);
    await model("too-large", { modelSize: "100" }, keys);
    await model("folder", { path: "s3://models/iris" }, keys);
    await model("with-code", { kind: "mlflowserve", path: "S3://models/with-code/" }, keys);
    const proxy = await recorder("by-proxy");
    const proxied = { proxy: { httpProxy: proxy, httpsProxy: proxy, noProxy: ".svc" } };
    await model("restarted", { path: "s3://models/iris" }, keys);
    await model("by-proxy", proxied, { ...keys, endpoint: "http://store.example.org" });
    for (const [name, ended] of Object.entries(await runInitContainers(namespace, models, ["restarted"])))
      (outcomes[name] as Outcome).ended = ended;
  });
  after(async () => {
    await stack.remove();
    for (const recorder of recorders) await recorder.stop();
    await store.stop();
  });

  const fetched = (name: string): Asked[] => {
    const { ended, asked } = outcomes[name] as Outcome;
    assert.deepEqual([ended[0]?.name, ended[0]?.exitCode], ["fetch-model", 0], ended[0]?.message);
    assert.ok(asked.length > 0);
    return asked;
  };
  const failed = (name: string, expected: RegExp, container = "fetch-model"): Asked[] => {
    const { ended, asked } = outcomes[name] as Outcome;
    const last = ended.at(-1);
    assert.equal(last?.name, container, JSON.stringify(ended));
    assert.equal(last?.exitCode, 1);
    assert.match(last?.message ?? "", expected);
    return asked;
  };

  const fails = (reason: RegExp) =>
    new RegExp(`^The model cannot be fetched from s3://models/iris/model\\.pkl: ${reason.source}`);

  it("signs with inline keys, for the region, and asks for the bucket in the path", () => {
    for (const { url, host, accessKeyId, region } of fetched("inline-keys")) {
      assert.deepEqual([accessKeyId, region], [store.accessKeyId, REGION]);
      assert.match(url, /^\/models[/?]/);
      assert.match(host, new RegExp(`^${HOST}:`));
    }
  });

  it("signs with the keys of an existing Secret", () => {
    for (const { accessKeyId } of fetched("existing-secret")) assert.equal(accessKeyId, store.accessKeyId);
  });

  it("asks without any keys when it is told to", () => {
    for (const { accessKeyId } of fetched("anonymous")) assert.equal(accessKeyId, undefined);
  });

  it("sends the session token of temporary keys", () => {
    const { asked } = outcomes["session-token"] as Outcome;
    assert.ok(asked.length > 0 && asked.every(({ sessionToken }) => sessionToken === "a-token"), JSON.stringify(asked));
  });

  it("signs for another region when it is told to, which this store refuses", () => {
    const asked = failed(
      "other-region",
      fails(/AuthorizationHeaderMalformed: .*the region "us-west-2" is wrong; expecting "eu-south-1"/),
    );
    assert.ok(asked.every(({ region }) => region === "us-west-2"));
  });

  it("asks for the bucket in the host's name when it is told to", () => {
    const { asked } = outcomes["virtual-host"] as Outcome; // this store does not know buckets in the host's name
    assert.ok(asked.length > 0);
    for (const { host } of asked) assert.match(host, new RegExp(`^models\\.store\\.${stack.namespace}\\.svc\\.`));
  });

  it("trusts the authorities that it is given, and no others", () => {
    fetched("trusted");
    failed("not-trusted", /certificate signed by unknown authority/);
  });

  it("goes by the proxy", () => {
    for (const { url } of fetched("by-proxy")) assert.match(url, /^http:\/\/store\.example\.org\/models[/?]/);
  });

  it("fetches the folder that is named, and not one whose name goes on", () => {
    assert.ok(fetched("folder").every(({ url }) => !url.includes("iris-2/")));
  });

  it("fetches nothing again when it is restarted", () => {
    const objects = (name: string) => fetched(name).filter(({ url }) => url.startsWith("/models/iris/model.pkl"));
    assert.equal(objects("restarted").filter(({ method }) => method === "GET").length, 1);
  });

  it("keeps files that are empty, and takes schemes in capitals", () => {
    const asked = fetched("with-code").map(({ url }) => url);
    assert.ok(
      asked.some((url) => url.includes("__init__.py")),
      asked.join("\n"),
    );
  });

  it("says that keys are wrong, or missing", () => {
    failed("wrong-secret", fails(/SignatureDoesNotMatch: The request signature we calculated does not match/));
    failed("no-keys", fails(/no keys were found\. Give keys in `storage`, a `serviceAccountName`/));
  });

  it("says that there is no such bucket, and no such object", () => {
    failed(
      "no-bucket",
      /^The model cannot be fetched from s3:\/\/no-such-bucket\/iris: there is no such bucket\. Correct/,
    );
    failed(
      "no-object",
      /^There is no object at or below s3:\/\/models\/no-such-model\. Correct `path`, or upload the model\.$/,
    );
  });

  it("says that the model is larger than its room, before it fetches anything", () => {
    const asked = failed("too-large", /^model is 836B, modelSize is 100B: set `modelSize` to more\.$/);
    const objects = outcomes["inline-keys"]?.asked.filter(({ url }) => url === "/models/iris/model.pkl") ?? [];
    assert.ok(asked.filter(({ url }) => url === "/models/iris/model.pkl").length < objects.length);
  });

  it("does not show a secret path in the reason of its failure", () => {
    failed("secret-path", /^There is no object at or below the secret `path`\. /);
  });
});

/** Gives a store on this machine a name in the cluster, below which there is one for the bucket `models`. */
async function byName(namespace: string, endpoint: string): Promise<string> {
  const port = Number(new URL(endpoint).port);
  const metadata = { name: "store", namespace };
  await apply({ apiVersion: "v1", kind: "Service", metadata, spec: { clusterIP: "None", ports: [{ port }] } });
  const endpoints = [{ addresses: [HOST], hostname: "models" }];
  const labels = { "kubernetes.io/service-name": "store" };
  const slice = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4", ports: [{ port }] };
  await apply({ ...slice, metadata: { ...metadata, labels }, endpoints });
  return `http://store.${namespace}.svc.cluster.local:${port}`;
}
