import { Command, InvalidArgumentError } from "commander";
import { invokeBatches } from "../inference/batches";
import { InferenceError } from "../inference/error";
import { invoke } from "../inference/invoke";
import type { InvokeOptions } from "../inference/invokeOptions";
import { checkAgainst, modelMetadata } from "../inference/metadata";
import { DATATYPES, type Datatype, type InferenceRequest, type ModelMetadata } from "../inference/protocol";
import { answerTable } from "./answerTable";
import { Failure } from "./exit";
import { generate } from "./generate";
import { collected, seconds } from "./optionValues";
import { requestOf } from "./request";
import { type Given, readGiven, type Table } from "./requestFile";
import { type ModelOptions, withModelOptions } from "./stackOptions";
import { isUrl, wayTo } from "./wayTo";

const MORE = `
Exit codes: 0 answered, 1 an error, or no answer.

Examples:
  modelserve invoke iris --row 5.1,3.5,1.4,0.2 --row 6.7,3.0,5.2,2.3
  modelserve invoke iris --data rows.csv --output predict_proba
  modelserve invoke http://127.0.0.1:20123 --model-name iris --data rows.npy --json
  modelserve invoke grpc://127.0.0.1:20124 --model-name iris --data rows.npy
  echo '{"inputs": [ … ]}' | modelserve invoke iris --data -
  modelserve invoke moods --text "What a film!" --text "so so"
  modelserve invoke chat --prompt "Once upon a time" --max-tokens 50`;

interface CallOptions extends ModelOptions {
  data?: string;
  separator?: string;
  row?: Table;
  text?: string[];
  prompt?: string;
  maxTokens?: number;
  modelName?: string;
  input?: string;
  datatype?: Datatype;
  output?: string[];
  batchSize: number;
  timeout?: number;
  header?: Record<string, string>;
  json?: boolean;
}

/** `modelserve invoke`: asks a model for predictions. */
export function invokeCommand(): Command {
  const command = new Command("invoke")
    .summary("asks a model for predictions")
    .description(
      "Asks a model for predictions of the rows of a file, or of flags. Names and datatypes of its inputs are those that the model's server tells, where it knows them.",
    )
    .argument("<model>", "name of the ModelServe resource, its URN, an output of the stack, or the URL of a server")
    .option(
      "-d, --data <file>",
      "rows as .csv, .tsv or .json, an array as .npy, a whole request as .json; - for JSON from standard input",
    )
    .option("--separator <character>", "what separates the cells of a .csv file (default: a comma)", separator)
    .option("-r, --row <values>", "a row, its values separated by commas; can be given several times", row)
    .option("--text <text>", "a text, for a model of texts; can be given several times", collected)
    .option("-p, --prompt <text>", "what a model that generates text is to go on with; it is printed as it is made")
    .option("--max-tokens <number>", "longest text, in tokens (default: as the server says)", count)
    .option("-m, --model-name <name>", "name of the model, where a URL is given that names none")
    .option("-i, --input <name>", "name of the input (default: as the server tells, else input-0)")
    .option("--datatype <type>", "datatype of the input (default: as the server tells, else by the values)", datatype)
    .option("-o, --output <name>", "an output to be given out; can be given several times", collected)
    .option("--batch-size <rows>", "most rows of one call; more are asked by several calls", count, 1000)
    .option("-t, --timeout <seconds>", "longest time for a call", seconds)
    .option("-H, --header <name: value>", "a header of the request; can be given several times", header)
    .option("--json", "print the answer as data instead of a table");
  return withModelOptions(command).addHelpText("after", MORE).action(call);
}

async function call(model: string, options: CallOptions): Promise<void> {
  const given = await givenBy(options);
  if (isUrl(model)) refuseIdle(options, ["kubeconfig", "context", "stack"], "a URL is asked as it is");
  if (model.includes("/v2/models/")) refuseIdle(options, ["modelName"], "the URL names the model");
  const { url, modelName, cluster, failure } = await wayTo(model, options);
  const how: InvokeOptions = { modelName, cluster, timeout: options.timeout, headers: options.header };
  try {
    if (given.is === "openai") {
      refuseIdle(options, ["input", "datatype", "output"], "a request of OpenAI's API has none");
      return await generate(url, given.request, how, options);
    }
    const metadata = given.is === "request" ? { name: "", inputs: [] } : await modelMetadata(url, how);
    const { input, datatype, output: outputs } = options;
    if (given.is === "request") refuseIdle(options, ["input", "datatype"], "the request says it");
    if (given.is === "texts") refuseIdle(options, ["datatype"], "that of texts is BYTES");
    const request = requestOf(given, metadata, { input, datatype, outputs });
    refuseMisfit(metadata, request, options);
    const { batchSize } = options;
    const inParts = rowsOf(request) > batchSize;
    const answer = await (inParts ? invokeBatches(url, request, { ...how, batchSize }) : invoke(url, request, how));
    console.log(options.json ? JSON.stringify(answer, null, 2) : answerTable(answer));
  } catch (error) {
    throw error instanceof InferenceError ? await failure(error) : error;
  }
}

function rowsOf({ inputs }: InferenceRequest): number {
  const [rows, ...others] = (inputs ?? []).map((input) => input?.shape?.[0] ?? 0);
  return rows !== undefined && others.every((other) => other === rows) ? rows : 0;
}

/** What would have no effect is refused. */
function refuseIdle(options: CallOptions, names: (keyof CallOptions)[], why: string): void {
  const idle = names.filter((name) => options[name] !== undefined);
  if (idle.length === 0) return;
  const flags = idle.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new Failure(`${flags.join(" and ")}: ${why}. Leave it out.`);
}

async function givenBy(options: CallOptions): Promise<Given> {
  const { data, row, text, prompt, maxTokens } = options;
  const flags = Object.entries({ data, row, text, prompt }).flatMap(([flag, value]) =>
    value === undefined ? [] : [flag],
  );
  if (flags.length > 1)
    throw new Failure(`Only one of ${flags.map((flag) => `--${flag}`).join(" and ")} can be given.`);
  if (prompt === undefined) refuseIdle(options, ["maxTokens"], "it goes with --prompt alone");
  if (data === undefined) refuseIdle(options, ["separator"], "it goes with --data alone");
  if (row !== undefined) return row;
  if (text !== undefined) return { is: "texts", texts: text };
  if (prompt !== undefined) return { is: "openai", request: { prompt, max_tokens: maxTokens } };
  if (data !== undefined) return readGiven(data, options.separator);
  throw new Failure("There is nothing to ask: give rows by --data or --row, texts by --text, or a --prompt.");
}

/** What the user names himself is sent as it is. */
function refuseMisfit(metadata: ModelMetadata, request: InferenceRequest, { input, datatype }: CallOptions): void {
  const problems = input === undefined && datatype === undefined ? checkAgainst(metadata, request) : [];
  if (problems.length > 0)
    throw new Failure(`The data does not fit the model:\n${problems.map((each) => `  ${each}`).join("\n")}`);
}

function row(text: string, table: Table = { is: "table", rows: [], written: true }): Table {
  return { ...table, rows: [...table.rows, text.split(",").map((cell) => cell.trim())] };
}

function separator(text: string): string {
  const [character = "", ...more] = text.replace("\\t", "\t");
  if (character === "" || more.length > 0)
    throw new InvalidArgumentError('Expected one character, such as ";" or "\\t".');
  return character;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
  return Number(text);
}

function datatype(text: string): Datatype {
  const known = DATATYPES.find((type) => type === text.toUpperCase());
  if (!known) throw new InvalidArgumentError(`Expected one of ${DATATYPES.join(", ")}.`);
  return known;
}

function header(text: string, all: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Expected a header such as "Authorization: Bearer TOKEN".');
  return { ...all, [name]: value };
}
