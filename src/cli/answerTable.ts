import type { Element, InferenceResponse } from "../inference/protocol";

/** The outputs of an answer as a table: a row for each row of the request, a column for each number of an output. */
export function answerTable({ outputs }: InferenceResponse): string {
  const columns = outputs.flatMap(({ name, shape, data }) => {
    const [rows = 1, ...rest] = shape;
    const width = rest.reduce((product, length) => product * length, 1);
    return Array.from({ length: width }, (_, column) => ({
      title: width === 1 ? name : `${name}[${column}]`,
      cells: Array.from({ length: rows }, (_, row) => shown(data[row * width + column] ?? null)),
    }));
  });
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  const widths = columns.map(({ title, cells }) => Math.max(title.length, ...cells.map((cell) => cell.length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => cell.padStart(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    ...Array.from({ length: rows }, (_, row) => line(columns.map(({ cells }) => cells[row] ?? ""))),
  ].join("\n");
}

function shown(element: Element): string {
  if (element === null) return "NaN";
  if (typeof element === "number" && !Number.isInteger(element))
    return String(Number(element.toPrecision(digits(element))));
  return String(element);
}

/** As many as are shown: six, and all before the point. */
function digits(value: number): number {
  return Math.min(17, Math.max(6, Math.ceil(Math.log10(Math.abs(value)))));
}
