// `npm run bench:rollouts [-- REQUESTS [ROWS]]`: what is lost under load while a model on the cluster is changed.
import { join } from "node:path";
import { deleteOne, evictOne, untilSettled } from "../../test/cluster/disruptions";
import { Store } from "../../test/cluster/store";
import { type Connections, Load, reasons, type Tally } from "../../test/load";
import { request, train, untilPredicts } from "../../test/models";
import { FIRST, TARGETS, Target, type Variant } from "./targets";

/** Requests a second of each way to connect, both at once. */
const RATE = 150;

const WAYS: Connections[] = ["new", "kept"];

/** What is done to a model, again and again until enough requests were sent. */
const EVENTS: Record<string, (target: Target) => Promise<void>> = {
  "update of the model": (target) => target.change({ model: target.variant.model === "a" ? "b" : "a" }),
  "update of a setting": (target) => target.change({ gzip: !target.variant.gzip }),
  "update of the image": (target) => target.change({ image: otherImage(target.variant) }),
  "scaled up and down": (target) => thereAndBack(target, { replicas: 4 }, { replicas: 2 }),
  "eviction of a pod": (target) => evictOne(target.stack),
  "deletion of a pod": (target) => deleteOne(target.stack),
  "autoscaling on and off": (target) => thereAndBack(target, { autoscaling: true }, { autoscaling: false }),
};

function otherImage({ image }: Variant): Variant["image"] {
  return image === FIRST.image ? "docker.io/seldonio/mlserver:1.7.1-sklearn" : FIRST.image;
}

async function thereAndBack(target: Target, there: Partial<Variant>, back: Partial<Variant>): Promise<void> {
  await target.change(there);
  await untilSettled(target.stack);
  await target.change(back);
}

interface Result {
  event: string;
  /** How often it happened. */
  times: number;
  served: string;
  tally: Tally;
}

async function measure(served: string, requests: number, events: string[]): Promise<Result[]> {
  const store = await new Store().start();
  const target = await new Target(TARGETS[served] as never, store).init();
  try {
    const model = join(target.stack.folder, "model.pkl");
    await train("iris-reversed", model);
    store.put(model, "models", "b/model.pkl");
    const expected = await train("iris", model);
    store.put(model, "models", "a/model.pkl");
    await target.change({});
    const { externalUrl } = await target.stack.outputs();
    await untilPredicts(externalUrl, expected);
    const body = JSON.stringify(request(expected.rows.slice(0, 1)));
    const results: Result[] = [];
    for (const event of events)
      results.push(...(await underLoad(target, event, served, `${externalUrl}/v2/models/iris/infer`, body, requests)));
    return results;
  } finally {
    await target.stack.remove();
    await store.stop();
  }
}

async function underLoad(
  target: Target,
  event: string,
  served: string,
  url: string,
  body: string,
  requests: number,
): Promise<Result[]> {
  const loads = WAYS.map((connections) => new Load(url, body, connections, RATE));
  let times = 0;
  while (times === 0 || loads.some(({ sent }) => sent < requests)) {
    await EVENTS[event]?.(target);
    await untilSettled(target.stack);
    times++;
  }
  const tallies = await Promise.all(loads.map((load) => load.stop()));
  const results = tallies.map((tally) => ({ event, times, served, tally }));
  for (const result of results) console.log(line(result));
  return results;
}

const HEAD = [
  "| what happens | times | served by | connections | requests | lost | of them | p50 | p99 | longest |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

function line({ event, times, served, tally }: Result): string {
  const { connections, answered, lost, latencies } = tally;
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (part: number) => `${(sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN).toFixed(0)} ms`;
  const cells = [event, times, served, connections, answered + lost.length, `**${lost.length}**`, reasons(lost)];
  return `| ${[...cells, at(0.5), at(0.99), at(1)].join(" | ")} |`;
}

async function main(): Promise<void> {
  const [, , requests = "10000", ...chosen] = process.argv;
  if (!(Number(requests) > 0)) throw new Error(`${requests} is not a number of requests.`);
  const unknown = chosen.filter((event) => !EVENTS[event]);
  if (unknown.length > 0)
    throw new Error(`There is no row "${unknown}". There are "${Object.keys(EVENTS).join('", "')}".`);
  console.log(`At least ${requests} requests for each row, ${RATE} a second of each way to connect …`);
  const events = chosen.length > 0 ? chosen : Object.keys(EVENTS);
  const results: Result[] = [];
  for (const served of Object.keys(TARGETS)) results.push(...(await measure(served, Number(requests), events)));
  const inOrder = events.flatMap((event) => results.filter((result) => result.event === event));
  console.log(["", ...HEAD, ...inOrder.map(line)].join("\n"));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
