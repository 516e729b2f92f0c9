import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { invoke } from "../../src";
import { Mlserver } from "../mlserver";
import { request, train } from "../models";
import { until } from "../until";

const SERVE = join(__dirname, "..", "..", "src", "kubernetes", "serve.py");

describe("the server of a pod", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "modelserve-serve-"));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server: Mlserver;
  let rows: number[][];

  before(async () => {
    const model = join(folder, "model.pkl");
    ({ rows } = await train("forest", model)); // predicts in some ten milliseconds
    server = await Mlserver.prepare(model, "pod", { program: SERVE });
    server.start();
    await server.untilReady();
  });
  after(async () => {
    agent.destroy();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const answer = (options: { agent: Agent | false }) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(`${server.url}/v2/models/iris/ready`, options, (response) =>
        response.resume().on("end", () => resolve(response)),
      ).on("error", reject);
    });

  it("answers a new connection among many requests before all of these are answered", async () => {
    const callers = 40;
    let [answered, asking] = [0, true];
    const call = async () => {
      while (asking) {
        await invoke(server.url, request(rows.slice(0, 1)), { modelName: "iris" });
        answered++;
      }
    };
    const calls = Array.from({ length: callers }, call);
    await until(async () => answered >= 2 * callers);
    const before = answered;
    await answer({ agent: false });
    const meanwhile = answered - before;
    asking = false;
    await Promise.all(calls);
    assert(meanwhile < callers / 2, `${meanwhile} requests were answered before it`);
  });

  it("keeps connections, until it is told to part: then it closes each after its answer", async () => {
    const socketOf = async () => (await answer({ agent })).socket;
    assert.equal(await socketOf(), await socketOf());
    server.signal("SIGUSR1");
    await until(async () => (await answer({ agent })).headers.connection === "close");
    const { statusCode, headers } = await answer({ agent });
    assert.deepEqual([statusCode, headers.connection], [200, "close"]);
    assert.notEqual(await socketOf(), await socketOf());
  });

  it("ends as MLServer does", async () => {
    assert.equal(await server.stop(), 0);
  });
});
