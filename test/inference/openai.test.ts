import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { type InferenceError, invoke, invokeText, type OpenAIRequest } from "../../src";
import { HttpServer } from "./httpServer";

const COMPLETION = { id: "1", object: "text_completion", model: "chat", choices: [{ index: 0, text: " 2" }] };

describe("a call of a model that answers in OpenAI's API", () => {
  let server: HttpServer;
  let url: string;
  let seen: { method?: string; url?: string; body: any }[];
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    seen = [];
    answer = (response) => response.end(JSON.stringify(COMPLETION));
    server = await new HttpServer((response, { method, url, body }) => {
      seen.push({ method, url, body: body === "" ? undefined : JSON.parse(body) });
      if (url?.endsWith("/models")) response.end('{"object": "list", "data": [{"id": "chat"}]}');
      else answer(response);
    }).start();
    url = server.url;
  });
  afterEach(() => server.stop());

  const PROMPT = { prompt: "1 + 1 =", max_tokens: 1 };
  const ask = (request: OpenAIRequest = PROMPT, at = url) => invoke(at, request, { modelName: "chat" });
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => assert.fail("it did not fail"),
      (error: InferenceError) => error.message,
    );

  it("goes where its request belongs, from the server's URL and from `openaiUrl`, with the model's name", async () => {
    const REQUESTS: [OpenAIRequest, path: string][] = [
      [PROMPT, "completions"],
      [{ messages: [{ role: "user", content: "1 + 1?" }] }, "chat/completions"],
      [{ input: ["one", "two"] }, "embeddings"],
    ];
    for (const [request, path] of REQUESTS)
      for (const at of [url, `${url}/`, `${url}/openai/v1`, `${url}/openai/v1/${path}`]) {
        assert.deepEqual(await ask(request, at), COMPLETION);
        assert.deepEqual(seen.pop(), {
          method: "POST",
          url: `/openai/v1/${path}`,
          body: { model: "chat", ...request },
        });
      }
    await ask({ ...PROMPT, model: "other" }, `${url}/v1?key=1`);
    assert.deepEqual([seen[0]?.url, seen[0]?.body.model], ["/v1/completions?key=1", "other"]);
  });

  it("finds what is wrong with a request before it is sent", async () => {
    const WRONG: [object, RegExp][] = [
      [{ prompt: 5 }, /prompt: 5 is not a text, or a list of texts\./],
      [{ prompt: [] }, /prompt: \[\] is not a text/],
      [{ messages: [{ role: "user" }] }, /messages: .* each with `role` and `content`/],
      [{ prompt: "x", messages: [] }, /Only one of messages, prompt can be sent/],
      [{ prompt: "x", max_tokens: 0 }, /max_tokens: 0 is not a whole number from 1/],
      [{ prompt: "x", stream: true }, /stream: .* `invokeText`/],
    ];
    for (const [request, expected] of WRONG) assert.match(await failure(ask(request as OpenAIRequest)), expected);
    assert.match(await failure(invoke(`${url}/openai/v1`, PROMPT)), /model: it is missing/);
    assert.match(
      await failure(pieces({ prompt: ["a", "b"] })),
      /prompt: of several prompts the pieces would come mixed/,
    );
    assert.match(await failure(pieces({ prompt: "a", n: 2 })), /n: of several answers the pieces would come mixed/);
    assert.deepEqual(seen, []);
  });

  it("can first ask whether the server has the model", async () => {
    const checked = (modelName: string) => invoke(`${url}/openai/v1`, PROMPT, { modelName, checkMetadata: true });
    assert.deepEqual(await checked("chat"), COMPLETION);
    assert.match(await failure(checked("chta")), /the server has no model "chta"\. It has "chat"\./);
    assert.deepEqual(
      seen.map(({ url }) => url),
      ["/openai/v1/models", "/openai/v1/completions", "/openai/v1/models"],
    );
  });

  it("says what the server says where it refuses", async () => {
    answer = (response) => response.writeHead(400).end('{"error": {"message": "too long", "type": "BadRequest"}}');
    assert.equal(await failure(ask()), "The server could not read the request (400): too long.");
    answer = (response) => response.writeHead(500).end('{"error": {"code": "500", "message": "no room"}}');
    assert.equal(await failure(ask()), "The model failed on the request (500): no room.");
    answer = (response) => response.end('{"outputs": []}');
    assert.match(await failure(ask()), /answered, but not with an? /);
  });

  const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
  const text = (piece: string) => event({ choices: [{ index: 0, text: piece }] });
  const pieces = async (request: Parameters<typeof invokeText>[1] = PROMPT, options = {}) => {
    const found: string[] = [];
    for await (const piece of invokeText(url, request, { modelName: "chat", ...options })) found.push(piece);
    return found;
  };

  it("gives the text piece by piece, as it is made, also where pieces and characters are cut", async () => {
    const whole = Buffer.from(`${text("grün")}${text(" und")}${text("")}data: [DONE]\n\n`);
    const cut = whole.indexOf(Buffer.from("ü")) + 1;
    answer = async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(whole.subarray(0, cut));
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.end(whole.subarray(cut));
    };
    assert.deepEqual(await pieces(), ["grün", " und"]);
    assert.deepEqual(seen[0]?.body, { model: "chat", ...PROMPT, stream: true });
    answer = (response) =>
      response.end(
        `${event({ choices: [{ delta: { role: "assistant" } }] })}${event({ choices: [{ delta: { content: "hi" } }] })}data: [DONE]\n\n`,
      );
    assert.deepEqual(await pieces({ messages: [{ role: "user", content: "hi" }] }), ["hi"]);
  });

  it("fails where the text ends early, an error comes in the middle, or the time is over", async () => {
    answer = (response) => response.end(text("so"));
    assert.match(await failure(pieces()), /The answer ended early: its time was over/);
    answer = (response) => response.end(text("so") + event({ error: { message: "out of memory" } }));
    assert.equal(await failure(pieces()), "The model failed on the request: out of memory");
    answer = (response) => response.write(text("so"));
    assert.match(await failure(pieces(PROMPT, { timeout: 0.2 })), /The answer ended early \(/);
    answer = (response) => response.end("data: <html>\n\n");
    assert.equal(await failure(pieces()), "The answer is no text of OpenAI's API: <html>");
    answer = (response) => response.writeHead(404).end('{"error": "no such model"}');
    assert.match(await failure(pieces()), /does not exist \(404\): no such model\./);
  });

  it("that fails leaves no timer, which would keep the program from its end", async () => {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    const left = new Set<unknown>();
    globalThis.setTimeout = ((work: () => void, delay: number) => {
      const timer = set(work, delay);
      if (delay === 29_000) left.add(timer);
      return timer;
    }) as typeof set;
    globalThis.clearTimeout = (timer) => {
      left.delete(timer);
      clear(timer);
    };
    try {
      const call = invoke("http://127.0.0.1:9", PROMPT, { modelName: "chat", stream: true, timeout: 29 });
      assert.equal(left.size, 1);
      assert.match(await failure(call), /Nothing listens/);
      assert.equal(left.size, 0);
    } finally {
      Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    }
  });

  it("with `stream` gives the answer's body as it is", async () => {
    answer = (response) => response.end(`${text("so")}data: [DONE]\n\n`);
    const body: Readable = await invoke(url, PROMPT, { modelName: "chat", stream: true });
    assert.equal(Buffer.concat(await body.toArray()).toString(), `${text("so")}data: [DONE]\n\n`);
  });
});
