import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { processesOf } from "../../src/local/process";
import { lineOf, tried } from "../faults";
import { train } from "../models";
import { ROOT, Stack } from "./stack";

const PROGRAM = `new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });`;

describe("a package that is removed together with its resource", function () {
  this.timeout(300_000);
  let stack: Stack;
  after(() => stack.remove());

  it("makes the deletion fail with what to do, and the server go on; the package brought back, it is deleted", async () => {
    stack = await new Stack(PROGRAM).init();
    await train("iris", join(stack.folder, "model.pkl"));
    const modules = join(stack.folder, "node_modules");
    unlinkSync(modules);
    mkdirSync(modules);
    symlinkSync(join(ROOT, "node_modules", "@pulumi"), join(modules, "@pulumi"));
    symlinkSync(ROOT, join(modules, "modelserve"));
    await stack.up();
    const { process: started } = await stack.server();

    unlinkSync(join(modules, "modelserve"));
    stack.write("", "");
    const text = await stack.fails("up", "--yes", "--skip-preview");
    assert.match(
      text,
      /The package "modelserve" cannot be loaded from .*, but this resource needs it, also to be deleted/,
    );
    assert.match(text, /npm install modelserve/);
    assert.doesNotMatch(text, /^\s+at /m);
    assert.ok(processesOf(started.server).length > 0);

    symlinkSync(ROOT, join(modules, "modelserve"));
    await stack.up();
    assert.deepEqual(processesOf(started.server), []);
    tried({
      fault: "the package is removed together with its resource",
      happens: "the deletion fails, and the server goes on; with the package brought back it is deleted",
      reads: lineOf(text, /The package/),
    });
  });
});
