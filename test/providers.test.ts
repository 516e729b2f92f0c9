import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ModelServe } from "../src";

/** The texts of the dynamic providers, as they are stored in every stack. */
const TEXTS: Record<string, string> = {};

describe("the providers that Pulumi stores as text", () => {
  before(async () => {
    const mocks = {
      newResource: ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => {
        if (inputs.__provider) TEXTS[type] = inputs.__provider;
        return {
          id: name,
          state: { ...inputs, ports: { http: 1, grpc: 2, metrics: 3 }, state: "running", response: {} },
        };
      },
      call: () => ({}),
    };
    pulumi.runtime.setMocks(mocks, "project", "stack", false);
    const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
    const answer = model.invoke({ json: { inputs: [] } });
    await new Promise((resolve) => answer.apply(resolve));
    const { status } = new ModelServe("digits", { kind: "sklearnserve", path: "s3://models/digits" });
    await new Promise((resolve) => status.apply(resolve));
  });

  for (const [type, path, methods] of [
    [
      "pulumi-nodejs:dynamic/modelserve:LocalServer",
      "modelserve/local/server",
      ["check", "diff", "create", "read", "update", "delete"],
    ],
    ["pulumi-nodejs:dynamic/modelserve:Readiness", "modelserve/readiness/waiter", ["diff", "create", "read", "update"]],
    [
      "pulumi-nodejs:dynamic/modelserve:Invocation",
      "modelserve/inference/invocation",
      ["check", "diff", "create", "update"],
    ],
  ] as const) {
    it(`${type}: short, without a path of this machine, and delegating to ${path}`, () => {
      const text = TEXTS[type] ?? "";
      assert.ok(text.length > 0 && text.length < 3000, `${text.length} characters`);
      assert.ok(!text.includes(process.cwd()));
      for (const method of methods) assert.match(text, new RegExp(`load\\(\\)\\.${method}\\(`));
      assert.ok(text.includes(path));
      for (const method of methods) assert.equal(typeof require(path)[method], "function");
    });
  }
});
