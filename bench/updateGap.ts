import { join } from "node:path";
import { Stack } from "../test/engine/stack";
import { Load } from "../test/load";
import { Mlserver } from "../test/mlserver";
import { request, train } from "../test/models";
import { type Row, row } from "./measure";

const PROGRAM = `
const model = new ModelServe("iris", { kind: "sklearnserve", path: "model.pkl", localExecution: true });
exports.url = model.url;`;

/** Requests a second: what is measured is as fine as the time between two. */
const RATE = 100;

/** How long nothing answers on this machine while a model is replaced, over stopping MLServer by hand and starting it again. */
export async function updateGap(repeats: number): Promise<Row[]> {
  const stack = await new Stack(PROGRAM).init();
  const model = join(stack.folder, "model.pkl");
  const { rows } = await train("iris", model);
  const byHand = await Mlserver.prepare(model, "by-hand");
  const body = JSON.stringify(request(rows.slice(0, 1)));
  const gaps: [ours: number[], theirs: number[]] = [[], []];
  try {
    await stack.up();
    byHand.start();
    await byHand.untilReady();
    const { url } = await stack.outputs();
    for (let turn = 0; turn < repeats; turn++) {
      await train(turn % 2 === 0 ? "iris-reversed" : "iris", model);
      gaps[0].push(await gap(url, body, () => stack.up()));
      gaps[1].push(await gap(byHand.url, body, () => restart(byHand)));
    }
  } finally {
    await byHand.stop();
    await stack.remove();
  }
  const what = "time in which nothing answers in a local update";
  return [row(what, "`mlserver start` stopped and started again", ...gaps)];
}

async function restart(server: Mlserver): Promise<void> {
  await server.stop();
  server.start();
  await server.untilReady();
}

/** From the first request that had no answer to the last one, in seconds. */
async function gap(url: string, body: string, work: () => Promise<unknown>): Promise<number> {
  const load = new Load(`${url}/v2/models/iris/infer`, body, "new", RATE);
  await work();
  const { lost } = await load.stop();
  const times = lost.map(({ at }) => at);
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times) + 1 / RATE;
}
