import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type InferenceRequest, invoke } from "../src";
import { run } from "../src/local/command";
import { pythonEnvironment, pythonOf } from "../src/local/environment";
import { PYTHONS, servingPlan } from "../src/serving/plan";
import { until } from "./until";

/** Rows of a model's data, and what the model predicts for them in Python. */
export interface Expected {
  rows: number[][];
  predictions: number[];
}

/** The environment in which the models of the tests are trained and served. */
export async function testPython(): Promise<string> {
  const args = { kind: "sklearnserve", modelName: "test" } as const;
  const { requirements } = servingPlan(args, { requirements: ["scikit-learn==1.5.2"], modules: [], light: true });
  return pythonOf(await pythonEnvironment({ requirements, pythons: PYTHONS, modules: [] }));
}

/** Trains the model of a name in `models.py` and saves it; the file's ending tells how. */
export async function train(name: string, file: string): Promise<Expected> {
  const { code, stdout, stderr } = await run(await testPython(), [join(__dirname, "models.py"), name, file]);
  if (code !== 0) throw new Error(stderr);
  return stdout ? JSON.parse(stdout) : { rows: [], predictions: [] };
}

/** An inference request with rows of numbers. */
export function request(rows: number[][]): InferenceRequest {
  const columns = rows[0]?.length ?? 0;
  return { inputs: [{ name: "input-0", shape: [rows.length, columns], datatype: "FP64", data: rows }] };
}

/** Waits until a model that is being updated predicts what it predicts in Python: a node hears of pods a moment later. */
export async function untilPredicts(url: string, expected: Expected): Promise<void> {
  const predicted = () => predictions(url, expected).catch(() => undefined);
  await until(async () => isDeepStrictEqual(await predicted(), expected.predictions));
}

/** What a served model predicts. */
export async function predictions(url: string, { rows }: Expected, modelName = "iris"): Promise<unknown[]> {
  return (await invoke(url, request(rows), { modelName })).outputs[0]?.data ?? [];
}
