import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { Mlserver } from "../test/mlserver";
import { request, train } from "../test/models";
import { median, type Row, row } from "./measure";

/** A logistic regression, whose answer takes next to no time, and a forest of 500 trees. */
const MODELS = { light: "iris", heavy: "forest" };
const CALLERS = [1, 16, 64];
const SECONDS = 5;

/** In a pod the server runs by this. */
const SERVE = join(__dirname, "..", "src", "kubernetes", "serve.py");

/**
 * Requests a second that one server answers, by our settings and by MLServer's own, which are the reference platform's: each
 * has the processors for itself while it is asked, in turns with the other.
 */
export async function serving(repeats: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [weight, name] of Object.entries(MODELS)) {
    const folder = mkdtempSync(join(tmpdir(), "modelserve-serving-"));
    const model = join(folder, "model.pkl");
    const { rows: samples } = await train(name, model);
    const servers = [
      await Mlserver.prepare(model, "ours", { program: SERVE }),
      await Mlserver.prepare(model, "theirs", { settings: {} }),
    ];
    try {
      for (const server of servers) server.start();
      for (const server of servers) await server.untilReady();
      const body = JSON.stringify(request(samples.slice(0, 1)));
      for (const callers of CALLERS) {
        const what = `a ${weight} model, ${callers} ${callers === 1 ? "caller" : "callers"}`;
        rows.push(await compare(what, repeats, servers, (url) => asked(`${url}/v2/models/iris/infer`, body, callers)));
      }
    } finally {
      for (const server of servers) await server.stop();
      rmSync(folder, { recursive: true });
    }
  }
  return rows;
}

async function compare(
  what: string,
  repeats: number,
  servers: Mlserver[],
  ask: (url: string) => Promise<autocannon.Result>,
): Promise<Row> {
  const found: autocannon.Result[][] = servers.map(() => []);
  for (let turn = 0; turn <= repeats; turn++)
    for (const [index, { url }] of servers.entries()) {
      const result = await ask(url);
      if (turn > 0) found[index]?.push(result); // the first turn only warms up
    }
  const [mine = [], theirs = []] = found;
  const rates = (results: autocannon.Result[]) => results.map(({ requests }) => requests.average);
  const p99 = (results: autocannon.Result[]) => median(results.map(({ latency }) => latency.p99)).toFixed(0);
  const note = `p99 ${p99(mine)} ms, ${p99(theirs)} ms`;
  return { ...row(what, "MLServer's own settings", rates(mine), rates(theirs), note), unit: "a second" };
}

async function asked(url: string, body: string, connections: number): Promise<autocannon.Result> {
  const headers = { "content-type": "application/json" };
  const result = await autocannon({ url, method: "POST", headers, body, connections, duration: SECONDS });
  if (result.non2xx + result.errors > 0) throw new Error(`${url}: ${result.non2xx + result.errors} of them failed.`);
  return result;
}
