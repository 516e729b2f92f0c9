import { readFileSync } from "node:fs";
import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { SmokeTestArgs } from "../args";
import { compute } from "../lifted";
import { modelPath } from "../serving/plan";
import { SMOKE_TEST, sampleFile, sampleOf } from "../serving/smokeTest";
import { PORTS } from "./ports";

/** Where the server's container has the sample request and the program that asks it. */
const FOLDER = "/mnt/smoke-test";
const PROGRAM = "smoke_test.py";
const SAMPLE = "sample.json";

/** What the ConfigMap of the sample request holds. */
export function smokeTestData(smokeTest: SmokeTestArgs, timeLimit?: Input<number>): Record<string, Input<string>> {
  const sample = sampleOf(smokeTest, timeLimit);
  return { [PROGRAM]: readFileSync(SMOKE_TEST, "utf8"), [SAMPLE]: compute(sample, sampleFile) };
}

export function smokeTestVolume(configMapName: Input<string>): types.input.core.v1.Volume {
  return { name: "smoke-test", configMap: { name: configMapName } };
}

export const SMOKE_TEST_MOUNT = { name: "smoke-test", mountPath: FOLDER, readOnly: true };

/** Asks the sample request in the server's container; a wrong answer ends the server, with the difference as its last word. */
export function smokeTestCommand(modelName: Input<string>): Input<string>[] {
  const modelUrl = compute(modelName, (name) => `http://127.0.0.1:${PORTS.http}${modelPath(name)}`);
  return ["python", "-I", `${FOLDER}/${PROGRAM}`, modelUrl, `${FOLDER}/${SAMPLE}`, "--end-server"];
}
