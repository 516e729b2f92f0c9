import { checkRequest } from "./checkRequest";
import { InferenceError, notSent } from "./error";
import { invoke } from "./invoke";
import type { InvokeOptions } from "./invokeOptions";
import { refuseByMetadata } from "./metadata";
import type { Element, InferenceRequest, InferenceResponse, RequestInput, ResponseOutput } from "./protocol";
import { plainRequest } from "./tensor";

/** How many rows are asked at a time. `timeout` is that of each call. */
export interface BatchOptions extends Omit<InvokeOptions, "stream" | "data" | "files"> {
  /** Most rows of one call. Default: 100. */
  batchSize?: number;
  /** Most calls at a time. Default: 4. */
  concurrency?: number;
}

/**
 * Asks a model for predictions of many rows by calls of some of them at a time, and gives one answer with all of them in
 * their order. The rows are the first dimension of all inputs, and must be that of all outputs.
 *
 * @throws InferenceError of the first call that fails, with the rows that it was about, counted from 0; the others are ended then.
 */
export async function invokeBatches(
  url: string,
  request: InferenceRequest,
  options: BatchOptions = {},
): Promise<InferenceResponse> {
  const { batchSize = 100, concurrency = 4, signal, ...more } = options;
  const whole = plainRequest(request);
  const problems = [...checkRequest(whole), ...checkCounts({ batchSize, concurrency }), ...checkRows(whole)];
  if (problems.length > 0) throw notSent(problems);
  await refuseByMetadata(url, whole, options);
  const rows = whole.inputs[0]?.shape[0] ?? 0;
  const starts = Array.from({ length: Math.max(1, Math.ceil(rows / batchSize)) }, (_, index) => index * batchSize);
  const answers: InferenceResponse[] = [];
  const failed = new AbortController();
  const limit = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const left = starts.entries();
  const worker = async () => {
    for (const [index, start] of left) {
      const end = Math.min(start + batchSize, rows);
      const part = { ...whole, id: undefined, inputs: whole.inputs.map((input) => rowsOf(input, start, end)) };
      const answer = await invoke(url, part, { ...more, checkMetadata: false, signal: limit }).catch((error) => {
        throw error instanceof InferenceError ? about(error, start, end) : error;
      });
      checkAnswer(answer, end - start);
      answers[index] = answer;
    }
  };
  let failure: unknown;
  const workers = Array.from({ length: Math.min(concurrency, starts.length) }, () =>
    worker().catch((error) => {
      failure ??= error; // those of the others follow from it
      failed.abort();
    }),
  );
  await Promise.all(workers);
  if (failure) throw failure;
  return joined(answers, whole.id);
}

function about({ message, status, body, requestId }: InferenceError, start: number, end: number): InferenceError {
  return new InferenceError(`Rows ${start} to ${end - 1}: ${message}`, status, body).of(requestId);
}

function checkCounts(counts: Record<string, number>): string[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    Number.isInteger(count) && count >= 1 ? [] : [`${name}: ${count} is not a whole number from 1.`],
  );
}

function checkRows({ inputs }: InferenceRequest): string[] {
  if (!Array.isArray(inputs)) return [];
  const rows = inputs[0]?.shape?.[0];
  return inputs.flatMap((input, index) =>
    input?.shape?.[0] === rows
      ? []
      : [`inputs[${index}].shape: "${input?.name}" has ${input?.shape?.[0]} rows, but the first input ${rows}.`],
  );
}

function rowsOf(input: RequestInput, start: number, end: number): RequestInput {
  const [, ...rest] = input.shape;
  const data = input.data as Element[];
  const nested = Array.isArray(data[0]) || rest.length === 0;
  const width = nested ? 1 : rest.reduce((product, length) => product * length, 1);
  return { ...input, shape: [end - start, ...rest], data: data.slice(start * width, end * width) };
}

function checkAnswer({ outputs }: InferenceResponse, rows: number): void {
  const other = outputs.find(({ shape }) => shape[0] !== rows);
  if (!other) return;
  throw new InferenceError(
    `Output "${other.name}" has the shape [${other.shape.join(", ")}] for ${rows} rows, so answers cannot be joined. Send all rows by \`invoke\`.`,
  );
}

function joined(answers: InferenceResponse[], id: string | undefined): InferenceResponse {
  const [first = { model_name: "", outputs: [] }] = answers;
  const outputs = first.outputs.map((output): ResponseOutput => {
    const parts = answers.map((answer) => answer.outputs.find(({ name }) => name === output.name) ?? output);
    const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    return { ...output, shape: [rows, ...output.shape.slice(1)], data: parts.flatMap(({ data }) => data) };
  });
  return { ...first, id: id ?? first.id, outputs };
}
