import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelMetadata } from "../../src";
import { testPython } from "../models";
import { Stack } from "./stack";

describe("the examples, as a user runs them", function () {
  this.timeout(900_000);
  let stack: Stack;
  afterEach(() => stack.remove());

  it("digits: a model saved by joblib reads a picture in the program", async () => {
    stack = await new Stack({ example: "digits" }).init();
    await stack.up();
    assert.equal((await stack.outputs()).digit, 0);
    await stack.up("--expect-no-changes");
  });

  it("smoke-test: a model that answers its sample request right", async () => {
    stack = await new Stack({ example: "smoke-test" }).init();
    await stack.up();
    await stack.up("--expect-no-changes");
  });

  it("diabetes: a model saved by MLflow predicts what it predicts in Python", async () => {
    stack = await new Stack({ example: "diabetes" }).init();
    assert.match(await stack.ok("preview", "--diff"), /"mlflow==2\.19\.0"/);
    await stack.up();
    const { progression, url } = await stack.outputs();
    const python = execFileSync(
      await testPython(),
      [
        "-c",
        `import pickle, pandas
row = dict(age=0.038, sex=0.051, bmi=0.062, bp=0.022, s1=-0.044, s2=-0.035, s3=-0.043, s4=-0.003, s5=0.02, s6=-0.018)
print(pickle.load(open("model/model.pkl", "rb")).predict(pandas.DataFrame([row]))[0])`,
      ],
      { cwd: stack.folder, encoding: "utf8" },
    );
    assert.equal(progression, Number(python));
    const { ports } = await stack.server();
    const told = await modelMetadata(url, { modelName: "diabetes" });
    assert.deepEqual(told.inputs?.[0], { ...told.inputs?.[0], name: "age", datatype: "FP64", shape: [-1, 1] });
    assert.deepEqual(await modelMetadata(`grpc://127.0.0.1:${ports.grpc}`, { modelName: "diabetes" }), told);
    await stack.up("--expect-no-changes");
  });

  it("diabetes, with code of its own: an update works, and Python leaves nothing in the model's folder", async () => {
    stack = await new Stack({ example: "diabetes" }).init();
    delete stack.env.PYTHONDONTWRITEBYTECODE;
    const model = join(stack.folder, "model");
    mkdirSync(join(model, "code"));
    writeFileSync(join(model, "code", "own_code.py"), "ANSWER = 1\n");
    const about = readFileSync(join(model, "MLmodel"), "utf8");
    writeFileSync(join(model, "MLmodel"), about.replace("python_function:", "python_function:\n    code: code"));
    await stack.up();
    await stack.up("--expect-no-changes");
    writeFileSync(join(model, "code", "own_code.py"), "ANSWER = 2\n");
    await stack.up();
    await stack.up("--expect-no-changes");
    assert.deepEqual(readdirSync(join(model, "code")), ["own_code.py"]);
  });
});
