import { checkCall } from "./inference/checkCall";
import { DATATYPES } from "./inference/protocol";
import { hasLater, isLater } from "./later";
import { type Problem, show } from "./rules";
import type { Apis } from "./serving/apis";

/** A ConfigMap has room for 1 MiB in all. */
const MOST = 256 * 2 ** 10;

/**
 * What is wrong with a sample request, and with what its answer should be. Parts that are known only later pass.
 *
 * @param apis those of the model, where they are known.
 */
export function checkSmokeTest(smokeTest: unknown, apis?: Apis): Problem[] {
  if (smokeTest === undefined || isLater(smokeTest)) return [];
  const { request, expected, tolerance } = (smokeTest ?? {}) as Record<string, unknown>;
  const problems: Problem[] = [];
  const problem = (argument: string, reason: string) =>
    problems.push({ argument: `smokeTest${argument && `.${argument}`}`, reason });
  if (request === undefined) problem("request", "It is missing: an inference request, `{ inputs: [ … ] }`.");
  else if (!hasLater(request))
    problems.push(...checkCall(request, apis).map((reason) => ({ argument: "smokeTest.request", reason })));
  if (tolerance !== undefined && !isLater(tolerance) && !(typeof tolerance === "number" && tolerance >= 0))
    problem("tolerance", `${show(tolerance)} is not a number from 0.`);
  const size = problems.length > 0 || hasLater(smokeTest) ? 0 : JSON.stringify([request, expected]).length;
  if (size > MOST)
    problem("", `It has ${Math.ceil(size / 1024)} KiB in JSON, of which ${MOST / 1024} are possible. Give fewer rows.`);
  if (expected === undefined || isLater(expected)) return problems;
  if (!Array.isArray(expected)) problem("expected", `${show(expected)} is not a list of outputs.`);
  else
    for (const [index, output] of expected.entries())
      for (const reason of checkExpected(output)) problem(`expected[${index}]`, reason);
  return problems;
}

function checkExpected(output: unknown): string[] {
  if (isLater(output)) return [];
  const { name, data, shape, datatype } = (output ?? {}) as Record<string, unknown>;
  const problems: string[] = [];
  if (!isLater(name) && (typeof name !== "string" || name === ""))
    problems.push(`It has no \`name\`: that of an output, such as "predict".`);
  if (data === undefined && shape === undefined && datatype === undefined)
    problems.push("Expected at least one of `data`, `shape` and `datatype`.");
  if (datatype !== undefined && !isLater(datatype) && !DATATYPES.some((each) => each === datatype))
    problems.push(`\`datatype\` is ${show(datatype)}; expected one of ${DATATYPES.join(", ")}.`);
  if (shape !== undefined && !hasLater(shape) && !isShape(shape))
    problems.push(`\`shape\` is ${show(shape)}; expected a list of whole numbers from 0, such as [1, 1].`);
  if (data === undefined || isLater(data)) return problems;
  if (!Array.isArray(data)) return [...problems, `\`data\` is ${show(data)}; expected a list of values.`];
  const count = data.flat(Number.POSITIVE_INFINITY).length;
  const room = isShape(shape) ? shape.reduce((product, length) => product * length, 1) : count;
  if (!hasLater(data) && room !== count)
    problems.push(`\`data\` has ${count} values, but \`shape\` ${show(shape)} has room for ${room}.`);
  return problems;
}

function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0);
}
