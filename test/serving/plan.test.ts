import assert from "node:assert/strict";
import fc from "fast-check";
import { servingPlan } from "../../src/serving/plan";
import { settingsDigest, settingsFiles } from "../../src/serving/settings";

const ARGS = { kind: "sklearnserve", modelName: "iris" } as const;
const LIGHT = { requirements: ["scikit-learn==1.5.2"], modules: ["sklearn"], light: true };

describe("a serving plan", () => {
  it("holds the server, its runtime and the model's own requirements", () => {
    assert.deepEqual(servingPlan(ARGS, LIGHT).requirements, [
      "mlserver==1.7.1",
      "mlserver-sklearn==1.7.1",
      "uvloop<0.22",
      "scikit-learn==1.5.2",
    ]);
  });

  it("runs light models in the server's own process, and others in a worker", () => {
    assert.equal(servingPlan(ARGS, LIGHT).serverSettings.parallel_workers, 0);
    assert.equal(servingPlan(ARGS, { ...LIGHT, light: false }).serverSettings.parallel_workers, 1);
  });

  it("lets serverSettings win over the defaults", () => {
    const { serverSettings } = servingPlan({ ...ARGS, serverSettings: { debug: true, parallel_workers: 3 } }, LIGHT);
    assert.deepEqual(serverSettings, { debug: true, parallel_workers: 3 });
  });

  it("asks for the readiness of the model, not of the server", () => {
    assert.equal(servingPlan(ARGS, LIGHT).readyPath, "/v2/models/iris/ready");
  });

  it("becomes two settings files with the model's absolute place and the target's ports", () => {
    const files = settingsFiles(servingPlan({ ...ARGS, modelVersion: "7" }, LIGHT), {
      uri: "/models/model.pkl",
      server: { host: "127.0.0.1", http_port: 20000 },
    });
    assert.deepEqual(JSON.parse(files["settings.json"]!), {
      debug: false,
      host: "127.0.0.1",
      http_port: 20000,
      parallel_workers: 0,
    });
    assert.deepEqual(JSON.parse(files["model-settings.json"]!), {
      name: "iris",
      implementation: "mlserver_sklearn.SKLearnModel",
      parameters: { uri: "/models/model.pkl", version: "7" },
    });
  });
});

describe("the settings digest", () => {
  it("is the same for the same settings in another order, and another for any change", () => {
    const settings = fc.dictionary(fc.constantFrom("debug", "gzip_enabled", "cache_size", "root_path"), fc.jsonValue());
    fc.assert(
      fc.property(settings, settings, (a, b) => {
        const reversed = Object.fromEntries(Object.entries(a).reverse());
        const of = (serverSettings: Record<string, unknown>) =>
          settingsDigest(servingPlan({ ...ARGS, serverSettings }, LIGHT));
        assert.equal(of(a), of(reversed));
        const same =
          JSON.stringify(servingPlan({ ...ARGS, serverSettings: a }, LIGHT)) ===
          JSON.stringify(servingPlan({ ...ARGS, serverSettings: b }, LIGHT));
        if (same) assert.equal(of(a), of(b));
      }),
    );
  });

  it("changes with the model's name, its version and its settings", () => {
    const digests = [{}, { modelName: "other" }, { modelVersion: "1" }, { serverSettings: { cache_size: 5 } }].map(
      (change) => settingsDigest(servingPlan({ ...ARGS, ...change }, LIGHT)),
    );
    assert.equal(new Set(digests).size, digests.length);
  });
});
