import { join } from "node:path";
import { run } from "../src/local/command";
import { pythonEnvironment, pythonOf } from "../src/local/environment";
import { PYTHONS, servingPlan } from "../src/serving/plan";

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
