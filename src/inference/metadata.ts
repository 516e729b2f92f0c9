import { InferenceError, notInference, refused } from "./error";
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
  const problems = checkOptions(url, undefined, options);
  if (problems.length > 0)
    throw new InferenceError(`The model was not asked for:\n${problems.map((each) => `  ${each}`).join("\n")}`);
  const target = modelUrl(url, options.modelName).replace(/\/infer$/, "");
  const response = await send(target, undefined, { ...options, method: "GET" });
  if (response.status < 200 || response.status > 299) throw refused(target, response);
  if (typeof response.data?.name !== "string") throw notInference(target, response);
  return response.data;
}

/** What of a request does not fit what the server tells of its model: names, datatypes and shapes of the inputs. */
export function checkAgainst({ inputs: known = [], outputs = [] }: ModelMetadata, request: InferenceRequest): string[] {
  if (known.length === 0) return [];
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
