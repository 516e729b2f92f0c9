import assert from "node:assert/strict";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { type InferenceError, type InferenceRequest, type InvokeOptions, invoke, modelMetadata } from "../../../src";
import { addressIn } from "../../../src/inference/grpc/connection";
import { toBytes } from "../../../src/inference/grpc/rawTensor";
import { inferenceService } from "../../../src/inference/grpc/service";

const REQUEST: InferenceRequest = {
  id: "mine",
  inputs: [
    { name: "x", shape: [1, 2], datatype: "FP32", data: [[1, 2.5]], parameters: { content_type: "np" } },
    { name: "words", shape: [1], datatype: "BYTES", data: ["é"] },
  ],
  outputs: [{ name: "y" }],
  parameters: { deep: true, count: 3 },
};

describe("a call by gRPC", () => {
  let server: Server;
  let url: string;
  let seen: { request: any; headers: Record<string, unknown> }[];
  let answer: (done: sendUnaryData<object>) => void;
  let metadata: object;

  beforeEach(async () => {
    seen = [];
    server = new Server();
    const { service } = await inferenceService();
    const infer = (call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) => {
      seen.push({ request: call.request, headers: call.metadata.getMap() });
      answer(done);
    };
    metadata = { name: "iris" };
    const tell = (call: ServerUnaryCall<{ name: string }, object>, done: sendUnaryData<object>) =>
      call.request.name === "iris" ? done(null, metadata) : done({ code: status.NOT_FOUND, details: "no such model" });
    server.addService(service, { ModelInfer: infer, ModelMetadata: tell });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    url = `grpc://127.0.0.1:${port}`;
    const outputs = [
      { name: "y", datatype: "INT64", shape: [1, 1], parameters: { content_type: { string_param: "np" } } },
    ];
    answer = (done) =>
      done(null, {
        model_name: "iris",
        model_version: "7",
        id: "mine",
        outputs,
        raw_output_contents: [toBytes("INT64", [2])],
      });
  });
  afterEach(() => server.forceShutdown());

  const ask = (options: InvokeOptions = {}, request = REQUEST) =>
    invoke(url, request, { modelName: "iris", ...options });

  it("sends tensors as bytes, and gives the answer as HTTP would", async () => {
    assert.deepEqual(await ask({ headers: { "x-team": "botany" }, auth: { username: "ada", password: "p" } }), {
      model_name: "iris",
      model_version: "7",
      id: "mine",
      parameters: {},
      outputs: [{ name: "y", shape: [1, 1], datatype: "INT64", parameters: { content_type: "np" }, data: [2] }],
    });
    const [{ request, headers }] = seen as [(typeof seen)[0]];
    assert.equal(request.model_name, "iris");
    assert.deepEqual(request.raw_input_contents, [toBytes("FP32", [1, 2.5]), toBytes("BYTES", ["é"])]);
    assert.deepEqual(request.inputs[0].shape, [1, 2]);
    assert.equal(request.inputs[0].parameters.content_type.string_param, "np");
    assert.deepEqual([request.parameters.deep.bool_param, request.parameters.count.int64_param], [true, 3]);
    assert.deepEqual([headers["x-team"], headers.authorization], ["botany", "Basic YWRhOnA="]);
  });

  it("takes answers whose tensors are no bytes", async () => {
    const outputs = [
      { name: "a", datatype: "FP64", shape: [2], contents: { fp64_contents: [1, Number.NaN] } },
      { name: "b", datatype: "BYTES", shape: [1], contents: { bytes_contents: [Buffer.from("é")] } },
    ];
    answer = (done) => done(null, { model_name: "iris", outputs });
    const data = (await ask()).outputs.map((output) => output.data);
    assert.deepEqual(data, [[1, null], ["é"]]);
  });

  it("fails as a call by HTTP does, with the request's id", async () => {
    const failing = (code: number, details: string, expected: number) => {
      answer = (done) => done({ code, details });
      return assert.rejects(ask(), (error: InferenceError) => {
        assert.deepEqual([error.status, error.requestId], [expected, "mine"]);
        assert(error.message.includes(details));
        return true;
      });
    };
    await failing(status.INVALID_ARGUMENT, "no such output", 400);
    await failing(status.NOT_FOUND, "Model iris not found", 404);
    await failing(status.INTERNAL, "X has 3 features", 500);
    await failing(status.UNAUTHENTICATED, "who are you", 401);
    await failing(status.RESOURCE_EXHAUSTED, "Received message larger than max", 413);
  });

  it("has an end: its time, its signal, or that nothing listens", async () => {
    answer = () => {};
    await assert.rejects(ask({ timeout: 0.1 }), /did not answer within 0\.1 s/);
    const control = new AbortController();
    answer = () => control.abort();
    await assert.rejects(ask({ signal: control.signal }), /was cancelled\.$/);
    await assert.rejects(ask({ signal: AbortSignal.abort() }), /was cancelled\.$/);
    server.forceShutdown();
    await assert.rejects(ask(), /The connection to grpc:.* was lost|Nothing listens at grpc:/); // whichever is seen first
    await assert.rejects(ask(), /Nothing listens at grpc:/);
  });

  it("is cancelled while the connection is being made, too", async () => {
    const control = new AbortController();
    const asked = ask({ signal: control.signal });
    control.abort();
    await assert.rejects(asked, /was cancelled\.$/);
    assert.deepEqual(seen, []);
  });

  it("goes to the port of its URL, also to one that is HTTP's own", () => {
    const addresses = ["grpc://iris:80", "grpcs://iris:443/", "grpc://[::1]:8081"].map(addressIn);
    assert.deepEqual(addresses, ["iris:80", "iris:443", "[::1]:8081"]);
    for (const url of [
      "grpc://iris",
      "grpc://iris:99999",
      "grpc://iris:80/v2",
      "grpc://ada:p@iris:80",
      "http://iris:80",
    ])
      assert.equal(addressIn(url), undefined);
  });

  it("says what is wrong where the server is not reached", async () => {
    const secure = url.replace("grpc:", "grpcs:");
    await assert.rejects(
      invoke(secure, REQUEST, { modelName: "iris" }),
      /could not be reached: .*(SSL|wrong version)/i,
    );
    const cert = { cert: __filename, key: __filename };
    await assert.rejects(invoke(secure, REQUEST, { modelName: "iris", cert }), {
      name: "InferenceError",
      message: /could not be reached: .*PEM|no start line/,
    });
    await assert.rejects(ask({ headers: { "x y": "1" } }), /headers\.x y: its name or value cannot be sent/);
    answer = (done) => done({ code: status.UNAVAILABLE, details: "upstream connect error" });
    await assert.rejects(ask(), /could not be reached: upstream connect error/);
  });

  it("is compared with what the server tells of the model, if that is wished", async () => {
    const x = { name: "x", datatype: "FP64", shape: [-1, 4], parameters: { content_type: { string_param: "np" } } };
    metadata = { name: "iris", versions: ["7"], platform: "sklearn", inputs: [x] };
    assert.deepEqual(await modelMetadata(url, { modelName: "iris" }), {
      name: "iris",
      versions: ["7"],
      platform: "sklearn",
      inputs: [{ ...x, parameters: { content_type: "np" } }],
      outputs: [],
      parameters: {},
    });
    const wrong = /has no input "words"\. It has "x"|is FP64, not FP32\.\n.*has the shape \[-1, 4\].*not \[1, 2\]/;
    await assert.rejects(ask({ checkMetadata: true }), wrong);
    assert.deepEqual(seen, []);
    await assert.rejects(modelMetadata(url, { modelName: "rose" }), /\(404\): .*no such model/);
    await assert.rejects(modelMetadata(url), /modelName: it is missing/);
  });

  it("is refused with all that has no meaning by gRPC, before it is sent", async () => {
    const wrong = { ...REQUEST, inputs: [{ ...REQUEST.inputs[0], shape: [3] }] } as InferenceRequest;
    await assert.rejects(
      invoke(`${url}/v2`, wrong, { params: { a: 1 }, cluster: {}, timeout: -1, verify: "/none.pem" }),
      /url: ".*\/v2" is not grpc:.*\n.*modelName: it is missing.*\n.*params: .*\n.*cluster: .*\n.*timeout: -1 .*\n.*no file \/none\.pem.*\n.*has room for 3/,
    );
    await assert.rejects(ask({}, { ...REQUEST, parameters: { factor: 0.5 } }), /parameters\.factor: 0\.5 is neither/);
    assert.deepEqual(seen, []);
  });
});
