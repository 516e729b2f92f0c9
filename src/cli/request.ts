import { ANY_TEXTS, isPipeline } from "../inference/metadata";
import type {
  Datatype,
  Element,
  InferenceRequest,
  ModelMetadata,
  RequestInput,
  TensorMetadata,
} from "../inference/protocol";
import { Failure } from "./exit";
import { note } from "./logLines";
import type { GivenRows, Table } from "./requestFile";

/** How the parts of a request are called where the model's metadata does not say, or says it wrong. */
export interface Naming {
  input?: string;
  datatype?: Datatype;
  outputs?: string[];
}

/**
 * An inference request of what was given: one input for each column where the model has several, else one with all.
 *
 * @throws Failure when the columns are not those of the model's inputs.
 */
export function requestOf(
  given: GivenRows,
  { inputs: known = [] }: Pick<ModelMetadata, "inputs">,
  naming: Naming = {},
): InferenceRequest {
  const outputs = naming.outputs && { outputs: naming.outputs.map((name) => ({ name })) };
  if (given.is === "request") return { ...given.request, ...outputs };
  const [only] = known;
  const name = naming.input ?? only?.name ?? "input-0";
  if (given.is === "texts") {
    const { texts } = given;
    const text = isPipeline(known) ? (naming.input ?? ANY_TEXTS) : name;
    return { inputs: [{ name: text, shape: [texts.length], datatype: "BYTES", data: texts }], ...outputs };
  }
  if (given.is === "tensor") {
    const { shape, data } = given;
    return { inputs: [{ name, shape, datatype: naming.datatype ?? given.datatype, data }], ...outputs };
  }
  const columnwise =
    naming.input === undefined &&
    (known.length > 1 || (only !== undefined && only.shape.length < 2 && given.columns !== undefined));
  return {
    inputs: columnwise ? columns(given, known, naming.datatype) : [whole(given, name, only, naming.datatype)],
    ...outputs,
  };
}

function columns({ columns, rows, written }: Table, known: TensorMetadata[], wanted?: Datatype): RequestInput[] {
  const names = known.map(({ name }) => name);
  const listed = names.map((name) => `"${name}"`).join(", ");
  const needed = known.filter(({ parameters }) => parameters?.optional !== true).map(({ name }) => name);
  const missing = columns ? needed.filter((name) => !columns.includes(name)) : [];
  if (missing.length > 0)
    throw new Failure(
      `The model's inputs are ${listed}, but the data has no ${missing.map((name) => `"${name}"`).join(", ")}.`,
    );
  const foreign = columns?.filter((name) => !names.includes(name)) ?? [];
  if (foreign.length > 0)
    note(`${foreign.map((name) => `"${name}"`).join(", ")} of the data is left out: the model's inputs are ${listed}.`);
  if (!columns && rows.some((row) => row.length !== names.length))
    throw new Failure(
      `The model's inputs are ${listed}, but a row has ${rows.find((row) => row.length !== names.length)?.length} values.`,
    );
  const given = columns ? known.filter(({ name }) => columns.includes(name)) : known;
  return given.map(({ name, shape, ...told }, index) => {
    const datatype = wanted ?? (told.datatype as Datatype);
    const data = rows.map((row) => row[columns ? columns.indexOf(name) : index] ?? null);
    const lengths = shape.length > 1 ? [rows.length, 1] : [rows.length];
    return {
      name,
      shape: lengths,
      datatype,
      data: data.map((cell) => fitting(cell, datatype, written)),
    };
  });
}

function whole(
  { rows, written }: Table,
  name: string,
  known: TensorMetadata | undefined,
  wanted: Datatype | undefined,
): RequestInput {
  const width = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd > 0) throw new Failure(`Row ${odd + 1} has ${rows[odd]?.length} values, and the first one ${width}.`);
  const datatype =
    wanted ??
    (known?.datatype as Datatype | undefined) ??
    datatypeOf(rows.flat().map((cell) => (written ? valueOfCell(cell) : cell)));
  return {
    name,
    shape: [rows.length, width],
    datatype,
    data: rows.map((row) => row.map((cell) => fitting(cell, datatype, written))),
  };
}

function datatypeOf(cells: Element[]): Datatype {
  if (cells.every((cell) => typeof cell === "boolean")) return "BOOL";
  return cells.some((cell) => typeof cell === "string") ? "BYTES" : "FP64";
}

/** A cell as its datatype has it: texts of BYTES may look like numbers. */
function fitting(cell: Element, datatype: string, written = false): Element {
  if (datatype === "BYTES") return cell === null ? "" : String(cell);
  const value = written ? valueOfCell(cell) : cell;
  return typeof value === "boolean" && datatype !== "BOOL" ? Number(value) : value;
}

/** The value of a cell as it is written. */
function valueOfCell(cell: Element): Element {
  if (typeof cell !== "string") return cell;
  if (cell === "" || NAN.test(cell)) return null;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === "true";
  return Number.isNaN(Number(cell)) ? cell : Number(cell);
}

/** As numpy, pandas, R and SQL write a number that is missing. */
export const NAN = /^([+-]?nan|na|null)$/i;
