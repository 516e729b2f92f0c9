import assert from "node:assert/strict";
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { InferenceError, type InferenceRequest, type InvokeOptions, invoke } from "../../src";
import { HttpServer, type Seen } from "./httpServer";

const REQUEST: InferenceRequest = { inputs: [{ name: "input-0", shape: [1], datatype: "FP32", data: [1] }] };
const ANSWER = { model_name: "iris", outputs: [{ name: "predict", shape: [1, 1], datatype: "INT64", data: [0] }] };

describe("a call of a model", () => {
  let answering: HttpServer;
  let server: Server;
  let url: string;
  let seen: Seen[];
  let reply: { status: number; type: string; body: string; headers?: Record<string, string> };

  beforeEach(async () => {
    reply = { status: 200, type: "application/json", body: JSON.stringify(ANSWER) };
    answering = await new HttpServer((response) => {
      response.writeHead(reply.status, { "content-type": reply.type, ...reply.headers }).end(reply.body);
    }).start();
    ({ server, seen, url } = answering);
  });
  afterEach(() => answering.stop());

  const ask = (options: InvokeOptions = {}, request: InferenceRequest | undefined = REQUEST) =>
    invoke(url, request, { modelName: "iris", ...options });

  it("posts the request to the model's inference path and gives the answer", async () => {
    assert.deepEqual(await ask(), ANSWER);
    assert.equal(seen[0]?.method, "POST");
    assert.equal(seen[0]?.url, "/v2/models/iris/infer");
    assert.equal(seen[0]?.headers["content-type"], "application/json");
    const { id, ...sent } = JSON.parse(seen[0]?.body ?? "");
    assert.deepEqual(sent, REQUEST);
    assert.match(id, /^[0-9a-f-]{36}$/);
  });

  it("keeps the request's own id, and an error has it", async () => {
    reply = { status: 500, type: "text/plain", body: "no" };
    await assert.rejects(ask({}, { ...REQUEST, id: "mine" }), (error: InferenceError) => error.requestId === "mine");
    assert.equal(JSON.parse(seen[0]?.body ?? "").id, "mine");
  });

  it("takes typed arrays, flat and as rows", async () => {
    const inputs: InferenceRequest["inputs"] = [
      { name: "flat", shape: [2, 2], datatype: "FP32", data: new Float32Array([1, 2, 3, 0.5]) },
      { name: "rows", shape: [1, 2], datatype: "INT64", data: [new BigInt64Array([1n, 2n])] },
    ];
    await ask({}, { inputs });
    const sent = JSON.parse(seen[0]?.body ?? "").inputs.map(({ data }: { data: unknown }) => data);
    assert.deepEqual(sent, [[1, 2, 3, 0.5], [[1, 2]]]);
    const large = { name: "large", shape: [1], datatype: "INT64" as const, data: new BigInt64Array([2n ** 60n]) };
    await assert.rejects(ask({}, { inputs: [large] }), /"1152921504606846976" is not a value of INT64/);
  });

  it("sends texts flat, which MLServer takes for empty where they are nested", async () => {
    const nested = { name: "array_inputs", shape: [2, 1], datatype: "BYTES" as const, data: [["one"], ["two"]] };
    await ask({}, { inputs: [nested] });
    assert.deepEqual(JSON.parse(seen[0]?.body ?? "").inputs, [{ ...nested, data: ["one", "two"] }]);
  });

  it("is cancelled by its signal, before and while it is under way", async () => {
    await assert.rejects(ask({ signal: AbortSignal.abort() }), /^InferenceError: The call of .* was cancelled\.$/);
    const control = new AbortController();
    server.removeAllListeners("request").on("request", () => control.abort(new Error("the user left")));
    await assert.rejects(ask({ signal: control.signal }), /was cancelled: the user left\.$/);
  });

  it("is compared with what the server tells of the model, if that is wished", async () => {
    const metadata = { name: "iris", inputs: [{ name: "x", datatype: "FP64", shape: [-1, 4] }], outputs: [] };
    reply.body = JSON.stringify(metadata);
    await assert.rejects(
      ask({ checkMetadata: true }),
      /inputs\[0\]\.name: the model has no input "input-0"\. It has "x" \(FP64, \[-1, 4\]\)\.\n.*input "x" is missing/,
    );
    assert.deepEqual(
      seen.map(({ method, url }) => [method, url]),
      [["GET", "/v2/models/iris"]],
    );
    await assert.rejects(invoke(`${url}/v2/models/iris/infer?token=1`, REQUEST, { checkMetadata: true }), /no input/);
    assert.equal(seen[1]?.url, "/v2/models/iris?token=1");
    await assert.rejects(ask({ checkMetadata: true, stream: true }), /the model has no input "input-0"/);
    const wrong = { inputs: [{ name: "x", shape: [1, 3], datatype: "FP32" as const, data: [1, 2, 3] }] };
    await assert.rejects(
      ask({ checkMetadata: true }, wrong),
      /is FP64, not FP32\.\n.*has the shape \[-1, 4\].*not \[1, 3\]/,
    );
  });

  it("is refused several texts in the input in which some pipelines answer the first alone, if that is wished", async () => {
    reply.body = JSON.stringify({ name: "words", inputs: [{ name: "args", datatype: "BYTES", shape: [-1] }] });
    const texts = (name: string, ...data: string[]) =>
      ask({ checkMetadata: true }, { inputs: [{ name, shape: [data.length], datatype: "BYTES", data }] });
    await assert.rejects(texts("args", "a", "b"), /"args" takes one text, not 2\. Name the input "array_inputs"\./);
    await assert.rejects(texts("text", "a"), /the model takes texts in the input "array_inputs", which is missing/);
    for (const right of [texts("args", "a"), texts("array_inputs", "a", "b")])
      await assert.rejects(right, /not with an inference response/); // it was sent: the server answers all alike here
  });

  it("takes any fraction of a second as its time", async () => {
    for (const timeout of [16.1, 0.9999, 32.3]) assert.deepEqual(await ask({ timeout }), ANSWER);
  });

  it("goes to a whole URL as it is, and keeps what a base URL has", async () => {
    await invoke(`${url}/v2/models/other/versions/2/infer`, REQUEST);
    assert.equal(seen[0]?.url, "/v2/models/other/versions/2/infer");
    await invoke(`${url.replace("://", "://u:p@")}/gateway/?key=1`, REQUEST, { modelName: "iris" });
    assert.equal(seen[1]?.url, "/gateway/v2/models/iris/infer?key=1");
    assert.equal(seen[1]?.headers.authorization, "Basic dTpw");
  });

  const SENT: [string, InvokeOptions, (seen: Seen) => unknown, unknown][] = [
    ["params", { params: { a: 1, b: "x y" } }, ({ url }) => url, "/v2/models/iris/infer?a=1&b=x+y"],
    ["headers", { headers: { "X-Trace": "7" } }, ({ headers }) => headers["x-trace"], "7"],
    ["cookies", { cookies: { a: "1", b: "2" } }, ({ headers }) => headers.cookie, "a=1; b=2"],
    ["auth", { auth: { username: "u", password: "p" } }, ({ headers }) => headers.authorization, "Basic dTpw"],
    ["method", { method: "PUT" }, ({ method }) => method, "PUT"],
  ];
  for (const [option, options, sent, expected] of SENT) {
    it(`sends \`${option}\``, async () => {
      await ask(options);
      assert.equal(sent(seen[0]!), expected);
    });
  }

  it("sends `data` as it is, and `files` as a form", async () => {
    await invoke(url, undefined, { modelName: "iris", data: "raw" });
    assert.equal(seen[0]?.body, "raw");
    await invoke(url, undefined, { modelName: "iris", files: { image: { name: "a.txt", content: "hello" } } });
    assert.equal(seen[0]?.headers["content-type"], undefined);
    assert.match(seen[1]?.headers["content-type"] ?? "", /^multipart\/form-data/);
    assert.match(seen[1]?.body ?? "", /name="image"; filename="a.txt".*hello/s);
  });

  it("gives the answer unread with `stream`", async () => {
    const parts: Buffer[] = [];
    for await (const part of await invoke(url, REQUEST, { modelName: "iris", stream: true })) parts.push(part);
    assert.deepEqual(JSON.parse(Buffer.concat(parts).toString()), ANSWER);
  });

  it("follows redirects only when allowed", async () => {
    reply = { ...reply, status: 307, headers: { location: "/elsewhere" } };
    await assert.rejects(ask({ allowRedirects: false }), /answered 307, to \/elsewhere/);
    assert.equal(seen.length, 1);
  });

  it("goes through the proxy of its scheme", async () => {
    await invoke("http://model.example/v2/models/iris/infer", REQUEST, { proxies: { http: url } });
    assert.equal(seen[0]?.url, "http://model.example/v2/models/iris/infer");
  });

  describe("whose connection ends before its answer", () => {
    let requests: number;

    /** Answers the first request of each connection, and ends it at the second, after what is given of an answer. */
    const endAtSecond = (begun = "") => {
      requests = 0;
      const answered = new WeakSet<Socket>();
      server.prependListener("request", ({ socket }: IncomingMessage) => {
        requests++;
        if (answered.has(socket)) {
          socket.write(begun);
          socket.destroy();
        }
        answered.add(socket);
      });
    };

    it("is made once more where the connection was kept", async () => {
      endAtSecond();
      for (let call = 0; call < 3; call++) assert.deepEqual(await ask(), ANSWER);
      assert.equal(requests, 5); // the first, and two that were sent twice
    });

    it("is not where a part of the answer had come", async () => {
      endAtSecond("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
      await ask();
      await assert.rejects(ask(), InferenceError);
      assert.equal(requests, 2);
    });

    it("is not where the connection was made for it, or it was made once more already", async () => {
      requests = 0;
      server.prependListener("request", ({ socket }: IncomingMessage) => {
        if (++requests > 1) socket.destroy();
      });
      await ask();
      await assert.rejects(ask(), /was lost before the answer was there/);
      assert.equal(requests, 3);
      await assert.rejects(ask(), InferenceError);
      assert.equal(requests, 4);
    });
  });

  it("uses a connection again, but not one that was idle for more than 4 s", async function () {
    this.timeout(20_000);
    await ask();
    await ask();
    assert.equal(seen[0]?.socket, seen[1]?.socket);
    await sleep(4_500); // the time itself is what is tested
    await ask();
    assert.notEqual(seen[2]?.socket, seen[0]?.socket);
  });

  const REFUSED: [string, number, string, unknown, RegExp][] = [
    [
      "MLServer's 400",
      400,
      "application/json",
      { error: "Codec not found" },
      /could not read the request \(400\): Codec not found\./,
    ],
    [
      "MLServer's 404",
      404,
      "application/json",
      { error: "Model iris not found" },
      /\(404\): Model iris not found\. Check the model's name/,
    ],
    ["FastAPI's 404", 404, "application/json", { detail: "Not Found" }, /does not exist \(404\): Not Found\./],
    [
      "FastAPI's 422",
      422,
      "application/json",
      { detail: [{ loc: ["body", "inputs", 0, "datatype"], msg: "Input should be 'BOOL'" }] },
      /\(422\): inputs\.0\.datatype: Input should be 'BOOL'\./,
    ],
    [
      "a worker's 500",
      500,
      "application/json",
      { error: "builtins.ValueError: X has 3 features" },
      /failed on the request \(500\): builtins\.ValueError: X has 3 features\. Check/,
    ],
    [
      "the server's own 500",
      500,
      "text/plain",
      "Internal Server Error",
      /\(500\): Internal Server Error\. Check the number and order/,
    ],
    ["a gateway's 503", 503, "text/html", "<h1>down</h1>", /answered 503: <h1>down<\/h1>\./],
    ["a 401", 401, "text/plain", "", /refused the request \(401\): no text\. Check `auth`/],
    [
      "text where JSON is due",
      200,
      "text/html",
      "<html>",
      /not with an inference response: text\/html, <html>\. Is it the URL/,
    ],
    ["JSON that is no inference response", 200, "application/json", { status: "ok" }, /not with an inference response/],
  ];
  for (const [what, status, type, body, expected] of REFUSED) {
    it(`explains ${what}`, async () => {
      reply = { status, type, body: typeof body === "string" ? body : JSON.stringify(body) };
      await assert.rejects(ask(), (error: InferenceError) => {
        assert.ok(error instanceof InferenceError);
        assert.match(error.message, expected);
        assert.equal(error.status, status);
        assert.deepEqual(error.body, body);
        return true;
      });
    });
  }

  it("says that nothing listens", async () => {
    await assert.rejects(
      invoke("http://127.0.0.1:9", REQUEST, { modelName: "iris" }),
      /Nothing listens at http:\/\/127\.0\.0\.1:9/,
    );
  });

  it("ends after `timeout`", async () => {
    server.removeAllListeners("request");
    await assert.rejects(ask({ timeout: 0.2 }), /did not answer within 0\.2 s/);
  });

  it("is not made with a wrong request, URL or options, and says all that is wrong", async () => {
    for (const [options, problem] of [
      [{ timeout: 100_000 }, /timeout: 100000 is not a number of seconds above 0, up to 86400/],
      [{ verify: "/nowhere/ca.pem" }, /verify: there is no file \/nowhere\/ca\.pem/],
      [
        { cert: { cert: "/nowhere/c", key: "/nowhere/k" } },
        /cert\.cert: there is no file .*\n.*cert\.key: there is no file/,
      ],
    ] as [InvokeOptions, RegExp][]) {
      await assert.rejects(ask(options), problem);
    }
    const wrong = { inputs: [{ name: "x", shape: [2], datatype: "FP32" as const, data: [1] }] };
    await assert.rejects(invoke(url, wrong, { data: "x", timeout: 0 }), (error: Error) => {
      for (const part of [
        /modelName: it is missing/,
        /Only one of a request, `data` and `files`/,
        /timeout: 0/,
        /inputs\[0\]\.data/,
      ]) {
        assert.match(error.message, part);
      }
      return true;
    });
    await assert.rejects(
      invoke("127.0.0.1:8080", REQUEST),
      /"127\.0\.0\.1:8080" is not an http:\/\/ or https:\/\/ URL/,
    );
    assert.equal(seen.length, 0);
  });
});
