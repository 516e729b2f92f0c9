import assert from "node:assert/strict";
import { type BatchOptions, type InferenceRequest, invokeBatches } from "../../src";
import { HttpServer } from "./httpServer";

describe("a call of many rows", () => {
  let server: HttpServer;
  let url: string;
  let sizes: number[];
  let ids: unknown[];
  let [atATime, most] = [0, 0];
  let fails: (rows: number[][]) => boolean;
  let slow: (rows: number[][]) => boolean;
  let told: number;

  /** Doubles what it is sent, after a moment. */
  beforeEach(async () => {
    [sizes, ids, atATime, most] = [[], [], 0, 0];
    fails = slow = () => false;
    told = 0;
    server = await new HttpServer(async (response, { method, url, body }) => {
      if (method === "GET") {
        told++;
        const inputs = url?.endsWith("token=1") ? [{ name: "other", datatype: "FP64", shape: [-1, 2] }] : [];
        return response.end(JSON.stringify({ name: "m", inputs }));
      }
      most = Math.max(most, ++atATime);
      const { id, inputs } = JSON.parse(body);
      ids.push(id);
      const [{ shape, data }] = inputs;
      sizes.push(shape[0]);
      await new Promise(setImmediate);
      atATime--;
      if (slow(data)) return; // until the call is ended
      if (fails(data)) return response.writeHead(500).end("cannot");
      const doubled = data.flat().map((value: number) => value * 2);
      response.end(
        JSON.stringify({ model_name: "m", outputs: [{ name: "y", shape, datatype: "FP64", data: doubled }] }),
      );
    }).start();
    url = server.url;
  });
  afterEach(() => server.stop());

  const rows = Array.from({ length: 25 }, (_, index) => [index, index + 0.5]);
  const request = (data: InferenceRequest["inputs"][0]["data"]): InferenceRequest => ({
    id: "all",
    inputs: [{ name: "x", shape: [rows.length, 2], datatype: "FP64", data }],
  });
  const ask = (data: InferenceRequest["inputs"][0]["data"], options: BatchOptions = {}) =>
    invokeBatches(url, request(data), { modelName: "m", batchSize: 10, ...options });

  it("asks for some at a time, and gives one answer in their order", async () => {
    for (const data of [rows, rows.flat(), new Float64Array(rows.flat())]) {
      sizes = [];
      const { id, outputs } = await ask(data, { concurrency: 2 });
      assert.equal(id, "all");
      assert.deepEqual(outputs, [
        { name: "y", shape: [25, 2], datatype: "FP64", data: rows.flat().map((value) => value * 2) },
      ]);
      assert.deepEqual(sizes.sort(), [10, 10, 5]);
    }
  });

  it("makes no more calls at a time than it may", async () => {
    await ask(rows, { batchSize: 1, concurrency: 3 });
    assert.equal(sizes.length, 25);
    assert.equal(new Set(ids.filter((id) => typeof id === "string")).size, 25);
    assert(most <= 3, `${most} at a time`);
  });

  it("fails with the rows that failed, and makes no further calls", async () => {
    fails = ([first]) => first?.[0] === 10;
    await assert.rejects(
      ask(rows, { concurrency: 1 }),
      /^InferenceError: Rows 10 to 19: The model failed on the request/,
    );
    assert.equal(sizes.length, 2);
  });

  it("fails with the first error, and not with the end of others that it brings about", async () => {
    fails = ([first]) => first?.[0] === 10;
    slow = ([first]) => first?.[0] === 0;
    await assert.rejects(ask(rows, { concurrency: 2 }), /^InferenceError: Rows 10 to 19: The model failed/);
  });

  it("asks once what the server tells of the model, if that is wished", async () => {
    await ask(rows, { checkMetadata: true });
    assert.equal(told, 1);
    await assert.rejects(ask(rows, { checkMetadata: true, params: { token: "1" } }), /the model has no input "x"/);
    assert.equal(sizes.length, 3);
  });

  it("is refused with all that is wrong, before anything is sent", async () => {
    await assert.rejects(invokeBatches("http://127.0.0.1", { inputs: [null] } as never), /inputs\[0\]: null is not/);
    const { inputs } = request(rows);
    const other = { name: "z", shape: [2], datatype: "FP64" as const, data: [1, 2] };
    await assert.rejects(
      invokeBatches(url, { inputs: [...inputs, other] }, { modelName: "m", batchSize: 0 }),
      /batchSize: 0 is not a whole number from 1\.\n.*inputs\[1\]\.shape: "z" has 2 rows, but the first input 25\./,
    );
    assert.deepEqual(sizes, []);
  });
});
