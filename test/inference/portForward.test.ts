import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { mock } from "node:test";
import { InferenceError, type InferenceRequest, type InvokeOptions, invoke } from "../../src";
import { until } from "../until";
import { ApiServer } from "./apiServer";

const REQUEST: InferenceRequest = { id: "1", inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] };
const ANSWER = { model_name: "iris", outputs: [{ name: "predict", shape: [1], datatype: "INT64", data: [0] }] };
const URL_INSIDE = "http://iris.models.svc:8080";

describe("a call of a model in a cluster", () => {
  let api: ApiServer;
  let model: Server;
  let seen: { url?: string; host?: string; body: string }[];

  beforeEach(async () => {
    seen = [];
    model = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      seen.push({ url: request.url, host: request.headers.host, body: Buffer.concat(parts).toString() });
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(ANSWER));
    });
    model.listen(0, "127.0.0.1");
    await once(model, "listening");
    api = await new ApiServer().start();
    api.listeners = { 8080: (model.address() as AddressInfo).port };
  });
  afterEach(async () => {
    api.stop();
    model.closeAllConnections();
    model.close();
  });

  const ask = (options: InvokeOptions = {}, url = URL_INSIDE) =>
    invoke(url, REQUEST, { modelName: "iris", cluster: { kubeconfig: api.kubeconfig }, ...options });

  /** The port-forwards that were asked for. */
  const forwards = () => api.seen.filter((path) => path.includes("/portforward"));

  it("goes through the API server to the port behind that of its Service", async () => {
    assert.deepEqual(await ask(), ANSWER);
    assert.deepEqual(seen, [
      { url: "/v2/models/iris/infer", host: "iris.models.svc:8080", body: JSON.stringify(REQUEST) },
    ]);
    assert.deepEqual(api.seen, [
      "/api/v1/namespaces/models/services/iris",
      "/api/v1/namespaces/models/pods?labelSelector=app%3Diris%2Ctier%3Dmodels",
      "/api/v1/namespaces/models/pods/iris-1/portforward?ports=8080",
    ]);
  });

  it("takes the whole name of a Service, port 80 without one, and numbers of ports", async () => {
    api.service.ports = [{ port: 80, targetPort: 9000 }];
    api.listeners = { 9000: api.listeners[8080] as number };
    assert.deepEqual(await ask({}, "http://iris.models.svc.cluster.local"), ANSWER);
    api.service.ports = [{ port: 9000 }];
    assert.deepEqual(await ask({}, "http://iris.models.svc:9000"), ANSWER);
    assert.deepEqual(forwards(), Array(2).fill("/api/v1/namespaces/models/pods/iris-1/portforward?ports=9000"));
  });

  it("goes to a pod that is ready and not ending, also where the one of the last call is gone", async () => {
    api.pods = [{ name: "old", ending: true }, { name: "starting", ready: false }, { name: "one" }];
    await ask();
    api.pods = [{ name: "one", ending: true }, { name: "two" }];
    await ask();
    assert.deepEqual(
      forwards().map((path) => path.split("/").at(-2)),
      ["one", "two"],
    );
  });

  it("leaves out the proxies of the environment", async () => {
    process.env.HTTP_PROXY = "http://127.0.0.1:9";
    try {
      assert.deepEqual(await ask(), ANSWER);
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });

  it("carries many megabytes, there and back", async () => {
    const text = "0123456789".repeat(800_000);
    model.removeAllListeners("request");
    model.on("request", (request, response) => request.pipe(response));
    const sent = JSON.stringify({ model_name: "echo", outputs: [], text });
    const got = await invoke(URL_INSIDE, undefined, {
      modelName: "iris",
      data: sent,
      cluster: { kubeconfig: api.kubeconfig },
    });
    assert.equal(JSON.stringify(got), sent);
  });

  it("gives the answer unread with `stream`, and is over when it is read", async () => {
    const parts: Buffer[] = [];
    const options = { modelName: "iris", stream: true, cluster: { kubeconfig: api.kubeconfig } } as const;
    for await (const part of await invoke(URL_INSIDE, REQUEST, options)) parts.push(part);
    assert.deepEqual(JSON.parse(Buffer.concat(parts).toString()), ANSWER);
    await until(() => api.open.size === 0);
  });

  const FAILURES: [string, (api: ApiServer) => void, RegExp][] = [
    [
      "there is no such Service",
      (api) => (api.answers = { "/iris": 404 }),
      /^The cluster at http:\/\/127\.0\.0\.1:\d+ has no Service models\/iris\. Check that the kubeconfig/,
    ],
    [
      "no pod is ready",
      (api) => (api.pods = [{ name: "a", ready: false }]),
      /No pod of models\/iris serves the model: none of 1 is ready\. See `modelserve status`/,
    ],
    ["there is no pod", (api) => (api.pods = []), /serves the model: it has none\. See `modelserve status`/],
    [
      "the Service selects nothing",
      (api) => (api.service.selector = undefined),
      /The Service models\/iris selects no pods/,
    ],
    [
      "the Service has another port",
      (api) => (api.service.ports = [{ name: "grpc", port: 8081 }]),
      /The Service models\/iris has no port 8080\. It has 8081 \(grpc\)\./,
    ],
    [
      "the pod lacks the port",
      (api) => (api.pods = [{ name: "a", ports: { metrics: 8082 } }]),
      /Port 8080 of the Service models\/iris leads to one named "http", which pod a does not have/,
    ],
    [
      "Services may not be read",
      (api) => (api.answers = { "/iris": 403 }),
      /\(403\): `get` on `services` in the namespace models is needed\. Grant it by a Role/,
    ],
    [
      "pods may not be listed",
      (api) => (api.answers = { "/pods": 403 }),
      /\(403\): `list` on `pods` in the namespace models is needed/,
    ],
    [
      "ports may not be forwarded",
      (api) => (api.answers = { "/portforward": 403 }),
      /\(403\): `get` and `create` on `pods\/portforward` in the namespace models is needed/,
    ],
    [
      "the credentials are wrong",
      (api) => (api.answers = { "/iris": 401 }),
      /does not accept the kubeconfig's credentials \(401\)/,
    ],
    [
      "the node is not reached by the API server",
      (api) => (api.answers = { "/portforward": 502 }),
      /gave no connection to a pod of models\/iris: it answered 502/,
    ],
    ["the API server is not there", (api) => api.stop(), /^The API server http:.* cannot be reached: .*ECONNREFUSED/],
    [
      "the API server is silent",
      (api) => (api.answers = { "/iris": 0 }),
      /gave no connection to the model within the call's time \(`timeout`\)/,
    ],
    [
      "the API server is silent about the connection",
      (api) => (api.answers = { "/portforward": 0 }),
      /gave no connection to the model within the call's time \(`timeout`\)/,
    ],
    [
      "nothing listens in the pod",
      (api) => (api.listeners = {}),
      /infer could not be reached: error forwarding port 8080: connection refused/,
    ],
  ];
  for (const [what, arrange, expected] of FAILURES) {
    it(`fails with the reason when ${what}`, async () => {
      const { kubeconfig } = api;
      arrange(api);
      await assert.rejects(
        invoke(URL_INSIDE, REQUEST, { modelName: "iris", timeout: 0.5, cluster: { kubeconfig } }),
        (error: Error) => {
          assert.ok(error instanceof InferenceError);
          assert.match(error.message, expected);
          return true;
        },
      );
      assert.equal(seen.length, 0);
      await until(() => api.open.size === 0);
    });
  }

  it("ends after `timeout`, and closes the connection", async () => {
    model.removeAllListeners("request");
    await assert.rejects(ask({ timeout: 0.5 }), /infer did not answer within 0\.5 s/);
    await until(() => api.open.size === 0);
  });

  it("keeps a connection in use on which nothing is said for long", async () => {
    model.removeAllListeners("request");
    const asked = once(model, "request");
    mock.timers.enable({ apis: ["setInterval"] });
    try {
      const answer = ask();
      const [, response] = await asked;
      mock.timers.tick(40_000);
      mock.timers.reset();
      await until(() => api.pings === 2);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(ANSWER));
      assert.deepEqual(await answer, ANSWER);
    } finally {
      mock.timers.reset();
    }
  });

  it("says that the connection was lost before the answer was there", async () => {
    model.removeAllListeners("request");
    model.on("request", () => {
      for (const socket of api.open) socket.terminate();
    });
    await assert.rejects(ask(), /The connection to http:.*infer was lost before the answer was there/);
    model.removeAllListeners("request");
    model.on("request", (_request, response) => {
      response.writeHead(200, { "content-length": 1000 }).write("{", () => {
        for (const socket of api.open) socket.terminate();
      });
    });
    await assert.rejects(ask(), /The connection to http:.*infer was lost before the answer was there/);
  });

  it("is not made without a Service's URL and a context that is there, nor through a proxy", async () => {
    const inside =
      /url: .* is not one of a cluster's inside, http:\/\/name\.namespace\.svc:port, as calls with `cluster`/;
    for (const url of [
      "http://10.0.0.1:30080",
      "https://iris.models.svc",
      "http://iris.models",
      "http://a.iris.models.svc",
    ])
      await assert.rejects(ask({}, url), inside);
    await assert.rejects(
      ask({ proxies: { http: "http://proxy:3128" } }),
      /proxies: the call goes through the API server/,
    );
    const cluster = { kubeconfig: api.kubeconfig, context: "other" };
    await assert.rejects(
      ask({ cluster }),
      /The cluster is not known: The kubeconfig has no context "other". It has test/,
    );
    for (const kubeconfig of ["", "/no/such/file"])
      await assert.rejects(ask({ cluster: { kubeconfig } }), /The cluster is not known: The kubeconfig is neither/);
    assert.deepEqual(api.seen, []);
  });

  it("lets the program end, whether it succeeds or fails", async function () {
    this.timeout(120_000);
    const program = (timeout: number) => `
      const { invoke } = require(${JSON.stringify(join(__dirname, "..", "..", "src"))});
      const cluster = { kubeconfig: process.env.TEST_KUBECONFIG };
      const options = { modelName: "iris", cluster, timeout: ${timeout} };
      invoke("${URL_INSIDE}", ${JSON.stringify(REQUEST)}, options).then(
        ({ model_name }) => console.log("answer", model_name, Date.now()), () => console.log("failed", "", Date.now()));`;
    const end = async (timeout: number): Promise<string> => {
      const child = spawn(process.execPath, ["--import", "tsx", "--eval", program(timeout)], {
        env: { ...process.env, TEST_KUBECONFIG: api.kubeconfig },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.on("data", (data) => {
        said += data;
      });
      const [code] = await once(child, "close");
      assert.equal(code, 0);
      const [what = "", , time] = said.trim().split(" ");
      assert.ok(Date.now() - Number(time) < 3_000, `ended ${Date.now() - Number(time)} ms after the call`);
      return what;
    };
    assert.equal(await end(30), "answer");
    api.answers = { "/portforward": 0 };
    assert.equal(await end(0.5), "failed");
  });
});
