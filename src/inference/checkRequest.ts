import { isGroup } from "../rules";
import { DATATYPES, type Datatype, type Element } from "./protocol";

/**
 * All that is wrong with a request, before it is sent: MLServer answers mistakes in shapes and datatypes with an error
 * of the model, or with a wrong prediction.
 */
export function checkRequest(request: unknown): string[] {
  if (!isGroup(request)) return [`The request is ${show(request)}; expected an object with \`inputs\`.`];
  const { inputs, outputs, id } = request;
  if (!Array.isArray(inputs) || inputs.length === 0)
    return [`inputs: ${show(inputs)} is not a list with at least one input.`];
  const names = inputs.map((input) => isGroup(input) && input.name);
  return [
    ...(id === undefined || typeof id === "string" ? [] : [`id: ${show(id)} is not a text.`]),
    ...inputs.flatMap((input, index) => checkInput(`inputs[${index}]`, input)),
    ...names.flatMap((name, index) =>
      names.indexOf(name) < index ? [`inputs[${index}].name: ${show(name)} is the name of another input, too.`] : [],
    ),
    ...checkOutputs(outputs),
  ];
}

function checkOutputs(outputs: unknown): string[] {
  if (outputs === undefined) return [];
  if (!Array.isArray(outputs)) return [`outputs: ${show(outputs)} is not a list.`];
  return outputs.flatMap((output, index) =>
    isGroup(output) && isName(output.name)
      ? []
      : [`outputs[${index}].name: expected the name of an output, such as "predict".`],
  );
}

function checkInput(where: string, input: unknown): string[] {
  if (!isGroup(input)) return [`${where}: ${show(input)} is not an input with name, shape, datatype and data.`];
  const { name, shape, datatype, data } = input;
  const problems: string[] = [];
  if (!isName(name)) problems.push(`${where}.name: ${show(name)} is not a name.`);
  const sound = isShape(shape);
  if (!sound) problems.push(`${where}.shape: ${show(shape)} is not a list of whole numbers from 0, such as [1, 4].`);
  const known = DATATYPES.find((type) => type === datatype);
  if (!known) problems.push(`${where}.datatype: ${show(datatype)} is not one of ${DATATYPES.join(", ")}.`);
  if (!Array.isArray(data)) return [...problems, `${where}.data: ${show(data)} is not a list.`];
  const { count, wrong } = look(data, known ? ELEMENTS[known] : () => true);
  if (sound) problems.push(...checkCount(`${where}.data`, shape, data, count));
  const exact = known?.endsWith("INT64") ? ", as JSON can send it, below 2^53" : "";
  if (wrong) problems.push(`${where}.data: ${show(wrong.element)} is not a value of ${known}${exact}.`);
  return problems;
}

/** How many elements there are at all depths, and the first that is wrong. In one pass, since there may be very many. */
function look(data: unknown[], fits: (element: Element) => boolean): { count: number; wrong?: { element: unknown } } {
  let count = 0;
  let wrong: { element: unknown } | undefined;
  for (const part of data) {
    if (Array.isArray(part)) {
      const inner = look(part, fits);
      count += inner.count;
      wrong ??= inner.wrong;
    } else {
      count++;
      if (wrong === undefined && !fits(part as Element)) wrong = { element: part };
    }
  }
  return { count, wrong };
}

function checkCount(where: string, shape: number[], data: unknown[], count: number): string[] {
  const expected = shape.reduce((product, length) => product * length, 1);
  if (count !== expected)
    return [`${where}: it has ${count} elements, but the shape [${shape.join(", ")}] has room for ${expected}.`];
  if (data.some(Array.isArray) && !fits(data, shape))
    return [`${where}: it is not nested as the shape [${shape.join(", ")}] is.`];
  return [];
}

function fits(data: unknown, [length, ...rest]: number[]): boolean {
  if (length === undefined) return !Array.isArray(data);
  return Array.isArray(data) && data.length === length && data.every((part) => fits(part, rest));
}

/** Whole numbers from one to below another, which a double may hold where it cannot hold the last of them. */
function integer(from: number, below: number): (element: Element) => boolean {
  return (element) => Number.isInteger(element) && (element as number) >= from && (element as number) < below;
}

/** JSON has no infinity; NaN is sent as `null`. `below` is what the datatype rounds to infinity. */
function float(below: number): (element: Element) => boolean {
  return (element) =>
    element === null || (typeof element === "number" && (Math.abs(element) < below || Number.isNaN(element)));
}

/** From here on JSON's numbers are rounded. */
const EXACT = 2 ** 53;

const ELEMENTS: Record<Datatype, (element: Element) => boolean> = {
  BOOL: (element) => typeof element === "boolean" || element === 0 || element === 1,
  UINT8: integer(0, 2 ** 8),
  UINT16: integer(0, 2 ** 16),
  UINT32: integer(0, 2 ** 32),
  UINT64: integer(0, EXACT),
  INT8: integer(-(2 ** 7), 2 ** 7),
  INT16: integer(-(2 ** 15), 2 ** 15),
  INT32: integer(-(2 ** 31), 2 ** 31),
  INT64: integer(1 - EXACT, EXACT),
  FP16: float(65_520),
  FP32: float(2 ** 128 - 2 ** 103),
  FP64: float(Number.POSITIVE_INFINITY),
  BYTES: (element) => typeof element === "string",
};

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((length) => Number.isInteger(length) && length >= 0);
}

export function show(value: unknown): string {
  const text = ["number", "bigint"].includes(typeof value) ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
