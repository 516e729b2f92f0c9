import { join } from "node:path";
import type { HuggingfaceTask } from "../src";
import { run } from "../src/local/command";
import { pythonEnvironment, pythonOf } from "../src/local/environment";
import { flavours, servingPlan } from "../src/serving/plan";

/** Texts, and what is answered to them. */
export interface Answers {
  texts: string[];
  /** By KServe's server. */
  predictions: any[];
  /** By a pipeline of transformers. */
  pipeline: any[];
}

/** Writes a small model for a task, in the environment in which it is served on this machine. */
export async function writeModel(task: HuggingfaceTask, folder: string, options: object = {}): Promise<Answers> {
  const facts = await flavours.huggingfaceserve.facts({} as never);
  const environment = await pythonEnvironment(servingPlan({ kind: "huggingfaceserve", modelName: "test" }, facts));
  const program = join(__dirname, "huggingface.py");
  const { code, stdout, stderr } = await run(pythonOf(environment), [program, task, folder, JSON.stringify(options)]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** An inference request with texts. */
export function textRequest(texts: string[], name: string) {
  return { inputs: [{ name, shape: [texts.length], datatype: "BYTES" as const, data: texts }] };
}
