import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axios from "axios";
import { type InferenceRequest, invoke } from "../src";
import { inferenceService } from "../src/inference/grpc/service";
import { Mlserver } from "../test/mlserver";
import { request, train } from "../test/models";
import { median, type Row, row } from "./measure";

const SECONDS = 3;

/** Calls at a time: some, so that it is not the way to the server and back that is measured. */
const AT_A_TIME = 8;

type Call = () => Promise<unknown>;

/** Requests a second by `invoke`, and what of a processor each takes here, against axios and a gRPC client alone. */
export async function calls(repeats: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "modelserve-calls-"));
  const model = join(folder, "model.pkl");
  const { rows: samples } = await train("iris", model);
  const server = await Mlserver.prepare(model, "calls");
  try {
    server.start();
    await server.untilReady();
    const rows: Row[] = [];
    for (const count of [1, 1000]) {
      const asked = request(Array.from({ length: count }, (_, index) => samples[index % samples.length] as number[]));
      const what = `${count} ${count === 1 ? "row" : "rows"}`;
      const http = () => invoke(server.url, asked, { modelName: "iris" });
      rows.push(await compare(`calls by HTTP of ${what}`, "axios", repeats, http, byAxios(server.url, asked)));
      const grpc = () => invoke(server.grpcUrl, asked, { modelName: "iris" });
      rows.push(
        await compare(`calls by gRPC of ${what}`, "@grpc/grpc-js", repeats, grpc, await byGrpc(server.grpcUrl, asked)),
      );
    }
    return rows;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function byAxios(url: string, body: InferenceRequest): Call {
  const httpAgent = new Agent({ keepAlive: true });
  return async () => (await axios.post(`${url}/v2/models/iris/infer`, body, { httpAgent, proxy: false })).data;
}

async function byGrpc(url: string, { inputs }: InferenceRequest): Promise<Call> {
  const { credentials } = await import("@grpc/grpc-js");
  const Service = await inferenceService();
  const client = new Service(url.replace("grpc://", ""), credentials.createInsecure());
  const [{ name, shape, datatype, data }] = inputs as [InferenceRequest["inputs"][0]];
  return () => {
    const bytes = Buffer.from(new Float64Array((data as number[][]).flat()).buffer);
    const message = { model_name: "iris", inputs: [{ name, shape, datatype }], raw_input_contents: [bytes] };
    return new Promise((resolve, reject) => {
      client.ModelInfer?.(message, (error: Error | null, answer: { raw_output_contents: Buffer[] }) => {
        if (error) reject(error);
        else resolve(answer.raw_output_contents.map((each) => new BigInt64Array(new Uint8Array(each).buffer)));
      });
    });
  };
}

interface Measured {
  rate: number;
  /** Of a processor, in this process, for each call. */
  milliseconds: number;
}

async function compare(what: string, alternative: string, repeats: number, ...ways: [Call, Call]): Promise<Row> {
  const found: [Measured[], Measured[]] = [[], []];
  for (let turn = 0; turn <= repeats; turn++)
    for (const [index, call] of ways.entries()) {
      const measured = await measure(call);
      if (turn > 0) found[index]?.push(measured); // the first turn only warms up
    }
  const [ours, theirs] = found.map((each) => each.map(({ rate }) => rate)) as [number[], number[]];
  const [cost, other] = found.map((each) => median(each.map(({ milliseconds }) => milliseconds))) as [number, number];
  const note = `CPU of a call ${cost.toFixed(2)} ms, ${other.toFixed(2)} ms; aim 0.95`;
  return { ...row(what, alternative, ours, theirs, note), unit: "a second" };
}

async function measure(call: Call): Promise<Measured> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let answered = 0;
  const caller = async () => {
    for (; performance.now() - start < SECONDS * 1000; answered++) await call();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, caller));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  return { rate: answered / seconds, milliseconds: (user + system) / 1000 / answered };
}
