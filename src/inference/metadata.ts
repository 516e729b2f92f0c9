import { InferenceError, notInference, notSent, refused } from "./error";
import { checkGrpc, isGrpc } from "./grpc/connection";
import { modelMetadataGrpc } from "./grpc/modelMetadataGrpc";
import { send } from "./http";
import { checkOptions, type InvokeOptions, modelUrl } from "./invokeOptions";
import type { InferenceRequest, ModelMetadata, RequestInput, TensorMetadata } from "./protocol";

/**
 * What the server tells of a model: its inputs and outputs, where it knows them.
 *
 * @param url as for `invoke`.
 * @throws InferenceError when the server does not tell.
 */
export async function modelMetadata(url: string, options: InvokeOptions = {}): Promise<ModelMetadata> {
  const problems = isGrpc(url) ? checkGrpc(url, options) : checkOptions(url, undefined, options);
  if (problems.length > 0)
    throw new InferenceError(`The model was not asked for:\n${problems.map((each) => `  ${each}`).join("\n")}`);
  if (isGrpc(url)) return modelMetadataGrpc(url, options);
  const place = new URL(modelUrl(url, options.modelName));
  place.pathname = place.pathname.replace(/\/infer$/, "");
  const target = place.href;
  const response = await send(target, undefined, { ...options, method: "GET", stream: false });
  if (response.status < 200 || response.status > 299) throw refused(target, response);
  if (typeof response.data?.name !== "string") throw notInference(target, response);
  return response.data;
}

/** Refuses a request that does not fit what the server tells of its model, if that is wished. */
export async function refuseByMetadata(url: string, request: InferenceRequest, options: InvokeOptions): Promise<void> {
  const problems = options.checkMetadata ? checkAgainst(await modelMetadata(url, options), request) : [];
  if (problems.length > 0) throw notSent(problems);
}

/** What of a request does not fit what the server tells of its model: names, datatypes and shapes of the inputs. */
export function checkAgainst({ inputs: known = [], outputs = [] }: ModelMetadata, request: InferenceRequest): string[] {
  if (known.length === 0) return [];
  if (isPipeline(known)) return checkTexts(request);
  const names = listOf(known);
  const missing = known.filter(({ name }) => !request.inputs.some((input) => input.name === name));
  const given = request.inputs.flatMap((input, index) => {
    const one = known.find(({ name }) => name === input.name);
    if (!one) return [`inputs[${index}].name: the model has no input "${input.name}". It has ${names}.`];
    return checkInput(`inputs[${index}]`, one, input);
  });
  const wanted = outputs.length === 0 ? [] : (request.outputs ?? []);
  return [
    ...given,
    ...missing
      .filter(({ parameters }) => parameters?.optional !== true)
      .map(({ name }) => `inputs: the model's input "${name}" is missing.`),
    ...wanted.flatMap(({ name }, index) =>
      outputs.some((output) => output.name === name)
        ? []
        : [`outputs[${index}].name: the model has no output "${name}". It has ${listOf(outputs)}.`],
    ),
  ];
}

/** MLServer tells of the pipelines of transformers one input, and they take any: arguments of the pipeline by their names. */
export function isPipeline([only, ...more]: TensorMetadata[]): boolean {
  return more.length === 0 && TEXTS.some((name) => name === only?.name) && only?.datatype === "BYTES";
}

/** The input with any number of texts, and that with one. */
export const ANY_TEXTS = "array_inputs";
const TEXTS = ["args", ANY_TEXTS];

/** Of several texts in `args` some pipelines would answer to the first alone, without a word. */
function checkTexts({ inputs }: InferenceRequest): string[] {
  const texts = inputs.findIndex(({ name }) => TEXTS.includes(name));
  const { name, shape = [] } = inputs[texts] ?? {};
  if (name === undefined) return ['inputs: the model takes texts in the input "array_inputs", which is missing.'];
  const count = shape.reduce((product, length) => product * length, 1);
  if (name !== "args" || count === 1) return [];
  return [`inputs[${texts}].name: "args" takes one text, not ${count}. Name the input "array_inputs".`];
}

function checkInput(where: string, known: TensorMetadata, { datatype, shape }: RequestInput): string[] {
  const problems: string[] = [];
  if (datatype !== known.datatype)
    problems.push(`${where}.datatype: the model's input "${known.name}" is ${known.datatype}, not ${datatype}.`);
  const fits =
    shape.length === known.shape.length &&
    known.shape.every((length, index) => length === -1 || length === shape[index]);
  if (!fits)
    problems.push(
      `${where}.shape: the model's input "${known.name}" has the shape [${known.shape.join(", ")}] (-1: any length), not [${shape.join(", ")}].`,
    );
  return problems;
}

function listOf(tensors: TensorMetadata[]): string {
  return tensors.map(({ name, datatype, shape }) => `"${name}" (${datatype}, [${shape.join(", ")}])`).join(", ");
}
