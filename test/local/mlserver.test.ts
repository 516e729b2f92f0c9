import assert from "node:assert/strict";
import { inherited } from "../../src/local/mlserver";

describe("the environment of a server", () => {
  it("is that of Pulumi, without the stack's passphrase and without settings of MLServer", () => {
    const environment = {
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      PULUMI_CONFIG_PASSPHRASE: "secret",
      MLSERVER_DEBUG: "true",
      mlserver_model_name: "other",
    };
    assert.deepEqual(inherited(environment), { PATH: "/bin", HTTPS_PROXY: "http://proxy" });
  });
});
