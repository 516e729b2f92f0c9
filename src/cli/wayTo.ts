import { dirname } from "node:path";
import type { InferenceError } from "../inference/error";
import type { InvokeOptions } from "../inference/invokeOptions";
import { watchLog } from "../local/logWatch";
import { Failure } from "./exit";
import type { Model } from "./models";
import { accessOf, type ModelOptions, modelsOfStack } from "./stackOptions";

/** How a model is asked. */
interface Way extends Pick<InvokeOptions, "modelName" | "cluster"> {
  url: string;
  /** What a call that failed says to the person who typed the command. */
  failure(error: InferenceError): Failure | Promise<Failure>;
}

export function isUrl(model: string): boolean {
  return /^(https?|grpcs?):\/\//.test(model);
}

/** Where a model is asked: at a URL as it is, on this machine as one of the stack, or through its cluster's API server. */
export async function wayTo(model: string, options: ModelOptions & { modelName?: string }): Promise<Way> {
  if (isUrl(model)) return { url: model, modelName: options.modelName, failure };
  if (/^[\w.-]+:\d+(\/|$)/.test(model)) throw new Failure(`"${model}" is no URL. Give it http:// or grpc://.`);
  const [found] = (await modelsOfStack([model], options)) as [Model];
  const { name, place, url } = found;
  if (!place || url === undefined)
    throw new Failure(`Model "${name}" never finished being created: \`modelserve status ${name}\` says why.`);
  const called = { url, modelName: options.modelName ?? found.modelName ?? name };
  if (place.on === "kubernetes")
    return {
      ...called,
      cluster: accessOf(place.access, options),
      failure: (error) => new Failure(worded(error, name)),
    };
  const { stopped, process } = place.server;
  if (stopped) throw new Failure(`Model "${name}" is stopped. Take \`stopped\` out, and run \`pulumi up\`.`);
  const exception = await watchLog(process && dirname(process.log));
  return {
    ...called,
    failure: async (error) => {
      const cause = error.status === 500 ? await exception() : undefined;
      const whole = `\`modelserve logs ${name}\` has the whole error.`;
      return new Failure(cause ? `The model failed on the request: ${cause}\n${whole}` : worded(error, name));
    },
  };
}

function failure(error: InferenceError): Failure {
  return new Failure(worded(error));
}

/** An error of the library in the words of the command. */
function worded({ message }: InferenceError, name?: string): string {
  const log = name === undefined ? "the server's log" : `\`modelserve logs ${name}\``;
  return message
    .replace("the server's log has", `${log} has`)
    .replace("modelName: it is missing", "--model-name: it is missing")
    .replaceAll("`modelName`", "--model-name")
    .replaceAll("`timeout`", "--timeout")
    .replaceAll("`invokeBatches`", "--batch-size")
    .replace("Send all rows by `invoke`.", "Send all rows at once, by --batch-size.");
}
