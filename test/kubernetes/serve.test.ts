import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mlserver } from "../mlserver";
import { train } from "../models";
import { until } from "../until";

const SERVE = join(__dirname, "..", "..", "src", "kubernetes", "serve.py");

describe("the server of a pod", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "modelserve-serve-"));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server: Mlserver;

  before(async () => {
    const model = join(folder, "model.pkl");
    await train("iris", model);
    server = await Mlserver.prepare(model, "pod", { program: SERVE });
    server.start();
    await server.untilReady();
  });
  after(async () => {
    agent.destroy();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const answer = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(`${server.url}/v2/models/iris/ready`, { agent }, (response) =>
        response.resume().on("end", () => resolve(response)),
      ).on("error", reject);
    });

  it("keeps connections, until it is told to part: then it closes each after its answer", async () => {
    const socketOf = async () => (await answer()).socket;
    assert.equal(await socketOf(), await socketOf());
    server.signal("SIGUSR1");
    await until(async () => (await answer()).headers.connection === "close");
    const { statusCode, headers } = await answer();
    assert.deepEqual([statusCode, headers.connection], [200, "close"]);
    assert.notEqual(await socketOf(), await socketOf());
  });

  it("ends as MLServer does", async () => {
    assert.equal(await server.stop(), 0);
  });
});
