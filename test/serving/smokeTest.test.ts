import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExpectedOutputArgs } from "../../src";
import { run } from "../../src/local/command";
import { SMOKE_TEST, sampleFile, sampleOf } from "../../src/serving/smokeTest";
import { testPython } from "../models";

const REQUEST = { inputs: [{ name: "input-0", shape: [2, 1], datatype: "FP32", data: [1, 2] }] };
const predict = (data: unknown, more: object = {}) => [
  { name: "predict", shape: [2, 1], datatype: "FP64", data, ...more },
];

describe("a sample request", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "modelserve-sample-"));
  let python: string;
  let server: Server;
  let ready: number;
  /** The answer's status and body; nothing is answered where there is none. */
  let answer: [number, unknown] | undefined;
  let asked: unknown;

  before(async () => {
    python = await testPython();
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (data) => {
        body += data;
      });
      request.on("end", () => {
        const [status, content] = request.url?.endsWith("/ready") ? [ready, ""] : (answer ?? []);
        if (request.method === "POST") asked = { url: request.url, body: JSON.parse(body) };
        if (status === undefined) return;
        response.writeHead(status).end(typeof content === "string" ? content : JSON.stringify(content));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => {
    ready = 200;
    asked = undefined;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function ask(
    expected: ExpectedOutputArgs[] = [],
    {
      request = REQUEST,
      tolerance,
      port = (server.address() as AddressInfo).port,
    }: { request?: object; tolerance?: number; port?: number } = {},
  ): Promise<[code: number | null, words: string]> {
    const file = join(folder, "sample.json");
    writeFileSync(file, JSON.stringify(sampleOf({ request, expected, tolerance }, 2)));
    const url = `http://127.0.0.1:${port}/v2/models/iris`;
    const { code, stdout, stderr } = await run(python, ["-I", SMOKE_TEST, url, file]);
    assert.equal(stderr, "");
    return [code, stdout.trim()];
  }

  async function wrong(outputs: unknown, expected?: ExpectedOutputArgs[], tolerance?: number): Promise<string> {
    answer = [200, { outputs }];
    const [code, words] = await ask(expected, { tolerance });
    assert.equal(code, 2, words);
    assert.ok(words.startsWith("The sample request was answered wrong: "), words);
    return words.slice("The sample request was answered wrong: ".length);
  }

  async function right(outputs: unknown, expected?: ExpectedOutputArgs[], tolerance?: number): Promise<void> {
    answer = [200, { outputs }];
    assert.deepEqual(await ask(expected, { tolerance }), [0, "the sample request was answered right"]);
  }

  it("has its texts flat, which MLServer takes for empty where they are nested", () => {
    const input = { name: "text", shape: [2, 1], datatype: "BYTES", data: [["one"], ["two"]] };
    const { request } = JSON.parse(sampleFile(sampleOf({ request: { inputs: [input, ...REQUEST.inputs] } })));
    assert.deepEqual(request.inputs, [{ ...input, data: ["one", "two"] }, ...REQUEST.inputs]);
  });

  it("is sent to the model as it is", async () => {
    await right(predict([1, 2]));
    assert.deepEqual(asked, { url: "/v2/models/iris/infer", body: REQUEST });
  });

  it("of OpenAI's API is asked there, and its answer has the output text, or embedding", async () => {
    const text = (expected: string) => ask([{ name: "text", data: [expected] }], { request: { prompt: "1 + 1 =" } });
    answer = [200, { choices: [{ index: 0, text: " 2" }] }];
    assert.deepEqual(await text(" 2"), [0, "the sample request was answered right"]);
    assert.deepEqual(asked, { url: "/openai/v1/completions", body: { model: "iris", prompt: "1 + 1 =" } });
    assert.deepEqual(await text(" 3"), [2, 'The sample request was answered wrong: text[0]: expected " 3", got " 2"']);
    answer = [200, { choices: [{ index: 0, message: { role: "assistant", content: "2" } }] }];
    const messages = [{ role: "user", content: "1 + 1?" }];
    assert.equal((await ask([{ name: "text", data: ["2"] }], { request: { messages, model: "mine" } }))[0], 0);
    assert.deepEqual(asked, { url: "/openai/v1/chat/completions", body: { model: "mine", messages } });
    answer = [200, { data: [{ index: 0, embedding: [0.5, 0.25] }] }];
    const vector = [{ name: "embedding", shape: [1, 2], data: [[0.5, 0.25]] }];
    assert.equal((await ask(vector, { request: { input: "one" } }))[0], 0);
    answer = [200, { data: [] }];
    assert.match((await ask([], { request: { input: "one" } }))[1], /the answer is no inference response/);
  });

  it("waits while nothing answers, the model is not ready, or no answer comes", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    assert.deepEqual(await ask([], { port }), [1, "the server does not answer yet"]);
    ready = 404;
    assert.deepEqual(await ask(), [1, "HTTP probe failed with statuscode: 404"]);
    assert.equal(asked, undefined);
    ready = 200;
    answer = undefined;
    assert.deepEqual(await ask(), [1, "the sample request had no answer within 2 s"]);
  });

  it("is answered right within the tolerance: of a thousandth, or so much of the number where that is above 1", async () => {
    const expected = [{ name: "predict", data: [[0.5], [1000]] }];
    await right(predict([0.5009, 1000.9]), expected);
    assert.equal(await wrong(predict([0.502, 1000.9]), expected), "predict[0][0]: expected 0.5, got 0.502");
    assert.equal(await wrong(predict([0.5009, 1002]), expected), "predict[1][0]: expected 1000, got 1002");
    await right(predict([0.55, 1000]), expected, 0.1);
    assert.match(await wrong(predict([0.5009, 1000]), expected, 0), /expected 0\.5, got 0\.5009/);
  });

  it("is answered right by texts and truths that are the same, whatever the tolerance", async () => {
    const texts = predict(["a", "b"], { datatype: "BYTES" });
    await right(texts, [{ name: "predict", data: ["a", "b"] }], 9);
    assert.equal(
      await wrong(texts, [{ name: "predict", data: ["a", "c"] }], 9),
      'predict[1][0]: expected "c", got "b"',
    );
    const truths = predict([true, false], { datatype: "BOOL" });
    assert.equal(
      await wrong(truths, [{ name: "predict", data: [true, true] }], 9),
      "predict[1][0]: expected true, got false",
    );
  });

  it("may ask for shape and datatype alone", async () => {
    await right(predict([1, 2]), [{ name: "predict", shape: [2, 1], datatype: "FP64" }]);
    assert.equal(
      await wrong(predict([1, 2]), [{ name: "predict", shape: [1, 2], datatype: "INT64" }]),
      'predict: expected datatype "INT64", got "FP64"; predict: expected shape [1, 2], got [2, 1]',
    );
  });

  it("with nothing expected is answered right by as many values as the shape says, of the datatype", async () => {
    await right(predict([1, 2.5]));
    assert.equal(await wrong(predict([1, 2, 3])), "predict: it has 3 values, but the shape [2, 1]");
    assert.equal(await wrong(predict([1, null])), "predict[1][0]: null is not of FP64");
    assert.equal(await wrong(predict([1, 2.5], { datatype: "INT64" })), "predict[1][0]: 2.5 is not of INT64");
    assert.equal(await wrong([]), "the answer has no outputs");
  });

  it("is answered wrong by an answer without the output, by an error, and by something else", async () => {
    assert.equal(
      await wrong(predict([1, 2]), [{ name: "label", data: [1, 2] }]),
      "label: expected this output, got predict",
    );
    answer = [500, { error: "ValueError: no such column" }];
    assert.deepEqual(await ask(), [
      2,
      'The sample request was answered wrong: it was answered by 500: {"error":"ValueError: no such column"}',
    ]);
    const others = ["<html>", "[1]", '{"outputs":[1]}', '{"outputs":[{"name":[],"shape":["a"],"data":[1]}]}'];
    for (const text of others) {
      answer = [200, text];
      const said = `The sample request was answered wrong: the answer is no inference response: ${text}`;
      assert.deepEqual(await ask(), [2, said]);
    }
  });

  it("shows the first differences, and how many there are", async () => {
    const data = Array.from({ length: 9 }, () => 1);
    const expected = [{ name: "predict", data: data.map(() => 0) }];
    const said = await wrong(predict(data, { shape: [3, 3] }), expected);
    assert.match(
      said,
      /^predict\[0\]\[0\]: expected 0, got 1; predict\[0\]\[1\]: .*; predict\[1\]\[1\]: .*; and 4 more differences$/,
    );
  });

  it("of a server that is told to end is not asked again: the first wrong answer stays its last word", async () => {
    const log = join(folder, "termination-log");
    writeFileSync(log, "");
    writeFileSync(join(folder, "sample.json"), JSON.stringify(sampleOf({ request: REQUEST }, 2)));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/models/iris`;
    const program = `
import os, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import smoke_test
smoke_test.TERMINATION_LOG = sys.argv[2]
smoke_test.os.kill = lambda process, _: print(f"{process} is told to end")
print(smoke_test.main(sys.argv[3], sys.argv[4], ends_server=True))`;
    const ends = async () =>
      (await run(python, ["-IB", "-c", program, SMOKE_TEST, log, url, join(folder, "sample.json")])).stdout;
    const said = "The sample request was answered wrong: the answer has no outputs";
    answer = [200, { outputs: [] }];
    assert.equal(await ends(), `1 is told to end\n(2, '${said}')\n`);
    answer = [500, "Internal Server Error"];
    asked = undefined;
    assert.equal(await ends(), `(2, '${said}')\n`);
    assert.equal(asked, undefined);
    assert.equal(readFileSync(log, "utf8"), said);
  });
});
