import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { choosePorts, claimPort, isFree, refuseTaken } from "../../src/local/ports";

describe("the ports of a server", () => {
  it("follow from its key, and from no other server's", async () => {
    const ports = await choosePorts("a");
    assert.deepEqual(await choosePorts("a"), ports);
    const all = await Promise.all(Array.from({ length: 50 }, (_, index) => choosePorts(`key ${index}`)));
    const numbers = all.flatMap((chosen) => Object.values(chosen));
    assert.equal(new Set(numbers).size, numbers.length);
  });

  it("keep the HTTP port that was asked for", async () => {
    const { http, grpc, metrics } = await choosePorts("b", 20005);
    assert.equal(http, 20005);
    assert.ok(new Set([http, grpc, metrics]).size === 3);
  });

  it("are given to one model of a program alone", () => {
    assert.equal(claimPort(8080, "a", "iris"), undefined);
    assert.equal(claimPort(8080, "a", "iris"), undefined);
    assert.equal(claimPort(8080, "b", "digits"), "iris");
    assert.equal(claimPort(8081, "b", "digits"), undefined);
  });

  it("pass over one on which another program listens, which is refused when it is asked for", async () => {
    const { http } = await choosePorts("c");
    const other = createServer().listen(http, "127.0.0.1");
    await once(other, "listening");
    try {
      assert.equal(await isFree(http), false);
      assert.notEqual((await choosePorts("c")).http, http);
      await assert.rejects(
        refuseTaken([http]),
        new RegExp(`Port ${http} of 127\\.0\\.0\\.1 is in use by another program.*set \`port\``),
      );
    } finally {
      other.close();
    }
  });
});
