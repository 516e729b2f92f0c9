import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, cacheFolder } from "../../src/local/cache";

describe("the cache", () => {
  let folder: string;
  const before = process.env.MODELSERVE_CACHE;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "modelserve-cache-"));
    process.env.MODELSERVE_CACHE = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.MODELSERVE_CACHE;
    else process.env.MODELSERVE_CACHE = before;
    await rm(folder, { recursive: true });
  });

  it("is where the environment says, else where the platform keeps caches", () => {
    assert.equal(cacheFolder({ MODELSERVE_CACHE: "/a", XDG_CACHE_HOME: "/b" }), "/a");
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/b" }), join("/b", "modelserve"));
  });

  it("keeps one entry when it is made twice at once, and nothing half-made", async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => cached("entry", (target) => mkdir(join(target, "part")).then(() => {}))),
    );
    assert.equal(new Set(made).size, 1);
    assert.deepEqual(await readdir(folder), ["entry"]);
  });

  it("keeps nothing of an entry that could not be made", async () => {
    await assert.rejects(
      cached("entry", () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it("removes what killed runs left of the same entry a day ago, and nothing younger or of another", async () => {
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const name of ["entry.old", "entry.young", "other.old"]) await mkdir(join(folder, name));
    for (const name of ["entry.old", "other.old"]) await utimes(join(folder, name), longAgo, longAgo);
    await cached("entry", async () => {});
    assert.deepEqual((await readdir(folder)).sort(), ["entry", "entry.young", "other.old"]);
  });
});
