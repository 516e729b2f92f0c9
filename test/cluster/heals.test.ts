import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { lineOf, tried } from "../faults";
import { Load, reasons } from "../load";
import { type Expected, request, train, untilPredicts } from "../models";
import { until } from "../until";
import { ClusterStack, kubectl, NODE } from "./clusterStack";

interface Broken {
  fault: string;
  reads: RegExp;
  file?: string;
  settings?: object;
  says: RegExp;
}

/** Models that are broken in one way each: by the content of their file, or by their settings. */
const BROKEN: Record<string, Broken> = {
  unloadable: {
    fault: "a changed model does not load",
    reads: /ValueError/,
    file: "broken",
    says: /ValueError: invalid literal for int.*\n.*\(model-does-not-load, /,
  },
  wrong: {
    fault: "a changed model answers its sample request wrong",
    reads: /The sample request/,
    file: "iris-reversed",
    says: /answered wrong: predict\[0\]\[0\]: expected 0, got 2.*\n.*\(wrong-answer, /,
  },
  huge: {
    fault: "a changed model needs more memory than there is",
    reads: /OOMKilled$/,
    file: "huge",
    says: /OOMKilled\n.*\(out-of-memory, server of pod .*Next: Raise the memory limit/s,
  },
  unparsable: {
    fault: "changed settings cannot be parsed",
    reads: /\S*ValidationError/,
    settings: { cors_settings: { allow_origins: "everyone" } }, // whose parts no preview looks into
    says: /ValidationError: 1 validation error for Settings cors_settings\.allow_origins Input should be a valid list.*\n.*\(server-crashes, /,
  },
};
const NAMES = Object.keys(BROKEN);

describe("a broken update of a model", function () {
  this.timeout(900_000);
  let stack: ClusterStack;
  let iris: Expected;
  let said: string;
  let loads: Load[] = [];

  const smokeTest = () => ({
    request: request(iris.rows),
    expected: [{ name: "predict", data: iris.predictions }],
  });
  const program = (settings: Record<string, object | undefined> = {}) => `
const settings = ${JSON.stringify(settings)};
for (const name of ${JSON.stringify(NAMES)}) {
  const model = new ModelServe(name, {
    kind: "sklearnserve", path: "./" + name + "/model.pkl", modelName: "iris", namespace: process.env.TEST_NAMESPACE,
    nodeHost: "${NODE}", replicas: 2, drainSeconds: 5, serverSettings: settings[name] ?? {},
    resources: { requests: { cpu: "20m", memory: "100Mi" }, limits: { memory: "600Mi" } },
    ...(name === "wrong" ? { smokeTest: ${JSON.stringify(smokeTest())} } : {}),
  });
  exports[name] = model.externalUrl;
}`;
  const file = (name: string) => join(stack.folder, name, "model.pkl");
  const eachPredicts = async () => {
    const urls = await stack.outputs();
    await Promise.all(NAMES.map((name) => untilPredicts(urls[name], iris)));
  };
  /** Pods that serve one model now. */
  const serving = async (name: string) =>
    (await stack.pods()).filter(
      ({ metadata, status }) =>
        metadata.name.startsWith(`${name}-`) &&
        (status.conditions ?? []).some(({ type, status }: any) => type === "Ready" && status === "True"),
    );

  before(async () => {
    stack = await new ClusterStack("").init();
    for (const name of NAMES) {
      mkdirSync(join(stack.folder, name));
      iris = await train("iris", file(name));
    }
    stack.write(program());
    await stack.up();
    await eachPredicts();
  });
  after(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await stack.remove();
  });

  it("loses no request, though an old pod is deleted in the middle, and says what is broken", async () => {
    const urls = await stack.outputs();
    const body = JSON.stringify(request(iris.rows.slice(0, 1)));
    loads = NAMES.map((name) => new Load(`${urls[name]}/v2/models/iris/infer`, body, "new", 5));
    for (const [name, { file: broken }] of Object.entries(BROKEN)) if (broken) await train(broken, file(name));
    const settings = Object.fromEntries(Object.entries(BROKEN).map(([name, { settings }]) => [name, settings]));
    stack.write(program(settings));
    const update = stack.fails("up", "--yes", "--skip-preview");
    await until(async () => (await stack.objects("pods")).length >= 3 * NAMES.length);
    for (const name of NAMES) {
      const [old] = await serving(name);
      await kubectl("--namespace", stack.namespace, "delete", "pod", old.metadata.name, "--wait=false");
      await until(async () => (await serving(name)).every(({ metadata }) => metadata.name !== old.metadata.name));
    }
    said = await update;
    for (const { says } of Object.values(BROKEN)) assert.match(said, says);
    for (const name of NAMES) await until(async () => (await serving(name)).length === 2);
    const tallies = await Promise.all(loads.map((load) => load.stop()));
    for (const [index, { answered, lost }] of tallies.entries()) {
      assert.ok(answered > 50);
      assert.equal(lost.length, 0, `${NAMES[index]}: ${answered} answered, lost ${reasons(lost)}`);
    }
  });

  it("is healed by going back, and leaves nothing behind", async () => {
    for (const name of NAMES) await train("iris", file(name));
    stack.write(program());
    await stack.up();
    await eachPredicts();
    await stack.up("--expect-no-changes");
    for (const name of NAMES) await until(async () => (await serving(name)).length === 2);
    const happens =
      "the update fails; the old pods serve all along, also when one of them is deleted; going back heals it";
    for (const { fault, reads } of Object.values(BROKEN)) tried({ fault, happens, reads: lineOf(said, reads) });
  });
});
