import { join } from "node:path";
import type { Kind } from "../src";
import { run } from "../src/local/command";
import { pythonEnvironment, pythonOf } from "../src/local/environment";
import { asTested } from "../src/serving/flavour";
import { flavours, PYTHONS, servingPlan } from "../src/serving/plan";
import type { Expected } from "./models";

/** Trains a model of a kind by its own library, in the environment in which it is served. */
export async function trainKind(kind: Kind, file: string): Promise<Expected> {
  const { requirements } = servingPlan({ kind, modelName: "test" }, asTested(flavours[kind].tested));
  const environment = await pythonEnvironment({ requirements: [...requirements], pythons: PYTHONS, modules: [] });
  const { code, stdout, stderr } = await run(pythonOf(environment), [join(__dirname, "kinds.py"), kind, file]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
