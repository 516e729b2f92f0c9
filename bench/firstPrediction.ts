import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Stack } from "../test/engine/stack";
import { Mlserver } from "../test/mlserver";
import { type Expected, predictions, train } from "../test/models";
import { interleaved, type Row, row } from "./measure";

const SERVED = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
exports.url = model.url;`;

const SDK = 'const pulumi = require("@pulumi/pulumi");\n';
const NO_OP = `new (class extends pulumi.dynamic.Resource {})({ create: async () => ({ id: "none" }) }, "none", {});`;

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
  const byHand = await Mlserver.prepare(join(served.folder, "model.pkl"), "by-hand");
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
          byHand.start();
          await requireRight(byHand.url, expected);
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
