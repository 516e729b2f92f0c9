import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { selectorOf } from "../../src/kubernetes/labels";

const instance = (name: string, urn: string): Promise<string> =>
  (pulumi.output(selectorOf(name, urn)["app.kubernetes.io/instance"]) as any).promise();

const urn = (stack: string, parent = "") => `urn:pulumi:${stack}::project::${parent}modelserve:index:ModelServe::iris`;

describe("the selector of a model's pods", () => {
  it("is a label value that Kubernetes takes, whatever the names", () =>
    fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z]([a-z0-9-]{0,44}[a-z0-9])?$/), fc.string(), async (name, stack) => {
        assert.match(await instance(name, urn(stack)), /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    ));

  it("is another in another stack, and under another parent, of one namespace", async () => {
    const all = [urn("dev"), urn("prod"), urn("dev", "app:index:App$")].map((each) => instance("iris", each));
    assert.equal(new Set(await Promise.all(all)).size, 3);
    assert.equal(await instance("iris", urn("dev")), await instance("iris", urn("dev")));
  });

  it("has nothing in it that may change", () => {
    assert.deepEqual(Object.keys(selectorOf("iris", urn("dev"))), [
      "app.kubernetes.io/name",
      "app.kubernetes.io/instance",
    ]);
  });
});
