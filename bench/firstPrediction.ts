import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pythonEnvironment } from "../src/local/environment";
import { PYTHONS, servingPlan } from "../src/serving/plan";
import { settingsFiles } from "../src/serving/settings";
import { Stack } from "../test/engine/stack";
import { type Expected, predictions, train } from "../test/models";
import { interleaved, type Row, row } from "./measure";

const SERVED = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
exports.url = model.url;`;

const SDK = 'const pulumi = require("@pulumi/pulumi");\n';
const NO_OP = `new (class extends pulumi.dynamic.Resource {})({ create: async () => ({ id: "none" }) }, "none", {});`;

const PORTS = { host: "127.0.0.1", http_port: 19080, grpc_port: 19081, metrics_port: 19082 };

/**
 * The time from a warm `pulumi up` to the first right prediction, over the same by hand: an `up` of a stack with one no-op
 * dynamic resource, and after it `mlserver start` with the same settings in the same Python environment.
 */
export async function firstPrediction(repeats: number): Promise<Row[]> {
  const served = await new Stack(SERVED).init();
  const noOp = await new Stack("").init();
  const empty = await new Stack("").init();
  noOp.write(NO_OP, SDK);
  empty.write("", SDK);
  const expected = await train("iris", join(served.folder, "model.pkl"));
  const byHand = await MlserverByHand.prepare(join(served.folder, "model.pkl"));
  try {
    const [ours = [], noOps = [], empties = []] = await interleaved(repeats, [
      {
        run: async () => {
          const shown = await served.up();
          await requireRight(/url\s*: "(.*)"/.exec(shown)?.[1] ?? shown, expected);
        },
        after: () => served.ok("destroy", "--yes", "--skip-preview"),
      },
      ...[noOp, empty].map((stack) => ({
        run: async () => {
          await stack.up();
          const url = byHand.start();
          await requireRight(url, expected);
        },
        after: async () => {
          await byHand.stop();
          await stack.ok("destroy", "--yes", "--skip-preview");
        },
      })),
    ]);
    return [
      row("`pulumi up` to first prediction", "a no-op dynamic resource + `mlserver start`", ours, noOps, "aim 1.10"),
      row("`pulumi up` to first prediction", "an empty stack + `mlserver start`", ours, empties),
    ];
  } finally {
    await byHand.stop();
    for (const stack of [served, noOp, empty]) await stack.remove();
  }
}

/** Asks as soon as the model answers; a wrong prediction makes the measurement void. */
async function requireRight(url: string, expected: Expected): Promise<void> {
  while (
    !(await fetch(`${url}/v2/models/iris/ready`).then(
      (response) => response.ok,
      () => false,
    ))
  )
    await sleep(20);
  const got = await predictions(url, expected);
  if (JSON.stringify(got) !== JSON.stringify(expected.predictions)) throw new Error(`Wrong prediction: ${got}`);
}

/** `mlserver start` on a folder with settings, as its documentation has it. */
class MlserverByHand {
  private child?: ChildProcess;

  private constructor(
    private readonly command: string,
    private readonly folder: string,
  ) {}

  static async prepare(model: string): Promise<MlserverByHand> {
    const facts = { requirements: ["scikit-learn==1.5.2"], modules: [], light: true };
    const plan = servingPlan({ kind: "sklearnserve", modelName: "iris" }, facts);
    const environment = await pythonEnvironment({ requirements: plan.requirements, pythons: PYTHONS, modules: [] });
    const folder = `${model}.settings`;
    mkdirSync(folder);
    for (const [name, text] of Object.entries(settingsFiles(plan, { uri: model, server: PORTS })))
      writeFileSync(join(folder, name), text);
    return new MlserverByHand(join(environment, "env", "bin", "mlserver"), folder);
  }

  start(): string {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "" }; // as a user has it
    this.child = spawn(this.command, ["start", this.folder], { stdio: "ignore", env });
    return `http://127.0.0.1:${PORTS.http_port}`;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
}
