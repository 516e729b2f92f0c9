import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { isOpenAI, type OpenAIRequest } from "../inference/openai";
import type { Datatype, Element, InferenceRequest, TensorData } from "../inference/protocol";
import { isGroup, show } from "../rules";
import { Failure } from "./exit";
import { note } from "./logLines";
import { NAN } from "./request";

/** What a file, or flags, gave: what an inference request is made of, or a request of OpenAI's API. */
export type Given = GivenRows | { is: "openai"; request: OpenAIRequest };

/** Rows of values, and what their columns are called. */
export interface Table {
  is: "table";
  columns?: string[];
  rows: Element[][];
  /** Whether the cells are as they are written, so that a text may look like a number. */
  written?: boolean;
}

/** Rows of a table, one tensor, texts, or a whole request. */
export type GivenRows =
  | Table
  | { is: "tensor"; shape: number[]; datatype: Datatype; data: TensorData }
  | { is: "texts"; texts: string[] }
  | { is: "request"; request: InferenceRequest };

/**
 * Reads the rows of a CSV file, rows, columns or a request of a JSON file, or the array of an NPY file.
 *
 * @param file its path, or `-` for JSON from standard input.
 * @param separator of the cells of a CSV file. Default: a comma, in a .tsv file a tab.
 * @throws Failure when it cannot be read as that.
 */
export async function readGiven(file: string, separator?: string): Promise<Given> {
  const kind = file === "-" ? ".json" : extname(file).toLowerCase();
  if (separator !== undefined && !SEPARATED[kind])
    throw new Failure(`--separator: it goes with .csv and .tsv files, not with "${file}". Leave it out.`);
  const content = readContent(file);
  switch (kind) {
    case ".csv":
    case ".tsv":
      return csv(file, content.toString("utf8"), separator ?? (SEPARATED[kind] as string));
    case ".json":
      return json(file, content.toString("utf8"));
    case ".npy":
      return npy(file, content);
    default:
      throw new Failure(`--data "${file}": expected a .csv, .tsv, .json or .npy file.`);
  }
}

/** Files of cells, with what separates them. */
const SEPARATED: Record<string, string> = { ".csv": ",", ".tsv": "\t" };

function readContent(file: string): Buffer {
  try {
    return readFileSync(file === "-" ? process.stdin.fd : file);
  } catch (error) {
    throw new Failure(`--data "${file}": ${(error as Error).message}.`);
  }
}

/** The first line names the columns where none of its cells is a number. */
function csv(file: string, text: string, separator: string): Given {
  let records: string[][];
  try {
    records = parseCsv(text, { delimiter: separator, skip_empty_lines: true, trim: true, bom: true });
  } catch (error) {
    throw new Failure(`--data "${file}" is no CSV file: ${(error as Error).message}.`);
  }
  const other = [";", "\t", " ", ","].find((each) => each !== separator && isSeparatedBy(each, records));
  if (other !== undefined)
    throw new Failure(
      `--data "${file}": its cells are separated by ${show(other)}. Say so: --separator ${show(other)}.`,
    );
  const [first = [], ...rest] = records;
  const names = first.some(isText) && first.every((cell) => cell === "" || isText(cell));
  const numbers = rest.some((row) => row.some((cell) => cell !== "" && !isText(cell)));
  const twice = first.find((cell, index) => first.indexOf(cell) !== index);
  if (names && numbers && twice !== undefined)
    throw new Failure(`--data "${file}": two columns are called "${twice}". Give each a name of its own.`);
  const named = names && twice === undefined;
  if (named && !numbers && rest.length > 0)
    note(`The first line of "${file}" is taken for the names of its columns: ${first.join(", ")}.`);
  const rows = named ? rest : records;
  if (rows.length === 0)
    throw new Failure(`--data "${file}" has no rows${named ? ": its only line was taken for names of columns" : ""}.`);
  return { is: "table", columns: named ? first : undefined, rows, written: true };
}

function isText(cell = ""): boolean {
  return cell !== "" && Number.isNaN(Number(cell)) && !NAN.test(cell);
}

/** Whether what was read as one cell in each line are numbers, with another separator. */
function isSeparatedBy(separator: string, records: string[][]): boolean {
  const lines = records.slice(records.length > 1 ? 1 : 0, 10); // the first one may have names
  return lines.length > 0 && lines.every(([cell = "", ...more]) => more.length === 0 && isNumbers(cell, separator));
}

function isNumbers(cell: string, separator: string): boolean {
  const parts = cell.split(separator);
  return parts.length > 1 && parts.every((part) => part.trim() !== "" && !Number.isNaN(Number(part)));
}

function json(file: string, text: string): Given {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Failure(`--data "${file}" is no JSON: ${(error as Error).message}.`);
  }
  refuseRounded(file, text);
  if (isGroup(value) && Array.isArray(value.inputs))
    return { is: "request", request: value as unknown as InferenceRequest };
  if (isColumns(value)) return scalar(file, columnsOf(file, value));
  if (isGroup(value) && Object.keys(value).length > 0 && Object.values(value).every(isGroup))
    return scalar(file, columnsOf(file, listsOf(value as Record<string, Record<string, Element>>)));
  if (isOpenAI(value)) return { is: "openai", request: value };
  if (Array.isArray(value) && value.length > 0 && value.every(isGroup))
    return scalar(file, recordsOf(value as Record<string, Element>[]));
  if (Array.isArray(value) && value.length > 0 && value.every(Array.isArray))
    return scalar(file, { is: "table", rows: value });
  throw new Failure(
    `--data "${file}" holds no rows: expected a list of lists or of objects, an object of columns, or a request, with \`inputs\`, or \`prompt\` or \`messages\` of OpenAI's API.`,
  );
}

/** Refuses whole numbers above 2^53, of which `JSON.parse` makes others. */
function refuseRounded(file: string, text: string): void {
  const rounded = text.replace(/"(\\.|[^"\\])*"/g, '""').match(/(?<![\w.])-?\d{16,}(?![\w.])/g) ?? [];
  const [large] = rounded.filter((digits) => !Number.isSafeInteger(Number(digits)));
  if (large !== undefined)
    throw new Failure(`--data "${file}": JSON's readers round ${large}. Write it as a text, or give an .npy file.`);
}

/** Whether it is a table by its columns. What could be a request of OpenAI's API is one, with nothing beside its texts. */
function isColumns(value: unknown): value is Record<string, Element[]> {
  if (!isGroup(value) || !Object.values(value).every(Array.isArray)) return false;
  const [[first] = []] = Object.values(value) as unknown[][];
  return Object.keys(value).length > 1 || !isOpenAI(value) || typeof first === "number";
}

/** A table whose cells are all numbers, texts, true, false or null. */
function scalar(file: string, table: Table): Table {
  for (const [index, row] of table.rows.entries())
    for (const cell of row)
      if (cell !== null && typeof cell === "object")
        throw new Failure(`--data "${file}": row ${index + 1} has ${JSON.stringify(cell)}, which is no single value.`);
  return table;
}

function recordsOf(records: Record<string, Element>[]): Table {
  const columns = [...new Set(records.flatMap(Object.keys))];
  return { is: "table", columns, rows: records.map((record) => columns.map((column) => record[column] ?? null)) };
}

function columnsOf(file: string, given: Record<string, Element[]>): Table {
  const columns = Object.keys(given);
  const [length = 0, ...others] = Object.values(given).map((column) => column.length);
  if (others.some((other) => other !== length))
    throw new Failure(`--data "${file}": its columns have different lengths.`);
  if (length === 0) throw new Failure(`--data "${file}" has no rows.`);
  const rows = Array.from({ length }, (_, index) => columns.map((column) => given[column]?.[index] ?? null));
  return { is: "table", columns, rows };
}

/** Columns whose values have the names of their rows, as pandas writes them. */
function listsOf(columns: Record<string, Record<string, Element>>): Record<string, Element[]> {
  return Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, Object.values(values)]));
}

/** https://numpy.org/doc/stable/reference/arrays.interface.html */
const NUMPY: Record<string, Datatype> = {
  b1: "BOOL",
  ...{ i1: "INT8", i2: "INT16", i4: "INT32", i8: "INT64" },
  ...{ u1: "UINT8", u2: "UINT16", u4: "UINT32", u8: "UINT64" },
  ...{ f2: "FP16", f4: "FP32", f8: "FP64" },
};

async function npy(file: string, content: Buffer): Promise<Given> {
  const { parse } = await import("npyjs");
  const problem = (reason: string) => new Failure(`--data "${file}" is no array that can be sent: ${reason}.`);
  const foreign = (dtype: string) => problem(`its datatype is ${dtype}. Save numbers: array.astype("float64")`);
  let array: ReturnType<typeof parse>;
  try {
    array = parse(new Uint8Array(content).buffer);
  } catch (error) {
    const { message } = error as Error;
    const [, other] = /^Unsupported dtype: (.*)/.exec(message) ?? [];
    throw other === undefined ? problem(`it is cut, or no file of numpy.save (${message})`) : foreign(other);
  }
  const { data, shape, dtype, fortranOrder } = array;
  const datatype = NUMPY[dtype];
  if (datatype === undefined) throw foreign(dtype);
  if (fortranOrder && shape.length > 1) throw problem("it is in Fortran order. Save numpy.ascontiguousarray(array)");
  return { is: "tensor", shape, datatype, data: data as TensorData };
}
