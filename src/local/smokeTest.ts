import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { modelPath } from "../serving/plan";
import { type Sample, SMOKE_TEST, sampleFile } from "../serving/smokeTest";
import { run } from "./command";
import { watchLog } from "./logWatch";
import type { Launch } from "./mlserver";

/** Exit codes of smoke_test.py. */
const [RIGHT, WRONG] = [0, 2];

/** What it says where the model raised an exception, which the server keeps to its log. */
const FAILED = /it was answered by 500/;

/**
 * Asks a server its sample request.
 *
 * @returns why there is no answer yet, if there is none; nothing for a right one.
 * @throws Error that says what is wrong with the answer.
 */
export async function askSample(
  { folder, environment, plan, ports }: Omit<Launch, "server" | "file" | "envs">,
  sample: Sample,
): Promise<string | undefined> {
  const file = join(folder, "sample.json");
  await writeFile(file, sampleFile(sample));
  const modelUrl = `http://127.0.0.1:${ports.http}${modelPath(plan.modelName)}`;
  const python = join(environment, "env", "bin", "python");
  const exception = await watchLog(folder);
  const { code, stdout, stderr } = await run(python, ["-I", SMOKE_TEST, modelUrl, file]);
  if (code === WRONG) {
    const cause = FAILED.test(stdout) ? await exception() : undefined;
    throw new Error(`${stdout.trim()}${cause ? `: ${cause}` : ""} (\`smokeTest\`)`);
  }
  if (code === null || stderr !== "") throw new Error(`The sample request cannot be asked: ${stderr.trim()}`);
  return code === RIGHT ? undefined : stdout.trim();
}
