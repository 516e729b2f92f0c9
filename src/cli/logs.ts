import { Command, InvalidArgumentError } from "commander";
import { clusterLog } from "./clusterLog";
import { Failure } from "./exit";
import { localLog } from "./localLog";
import type { LogOptions } from "./logLines";
import { modelsOfStack, withModelOptions } from "./stackOptions";

const EXAMPLES = `
Exit codes: 0 printed, 1 an error, 3 the log could not be seen.

Examples:
  modelserve logs iris --tail 50
  modelserve logs iris --follow
  modelserve logs iris --container fetch-model --previous`;

/** `modelserve logs`: what the server of a model, or an init container of its pods, wrote. */
export function logsCommand(): Command {
  const command = new Command("logs")
    .summary("prints the log of a model")
    .description("Prints the log of a model: of the pods of its newest revision, or of the server on this machine.")
    .argument("<model>", "name of the ModelServe resource, its URN, or an output of the stack")
    .option("-c, --container <name>", "container of the pods (default: in each pod the one that got the furthest)")
    .option("-p, --previous", "of the container before its last restart")
    .option("-t, --tail <lines>", "only so many of the last lines, of each pod", lines)
    .option("-f, --follow", "go on with what is written, until it ends")
    .option("--json", "print each line as an object");
  return withModelOptions(command).addHelpText("after", EXAMPLES).action(logs);
}

async function logs(name: string, options: LogOptions): Promise<void> {
  for (const model of await modelsOfStack([name], options)) {
    const { place } = model;
    if (place?.on === "kubernetes") await clusterLog(model.name, place, options);
    else await localLog(model, place, withoutPods(model.name, options));
  }
}

/** @throws Failure for options that a model on this machine cannot honour. */
function withoutPods(model: string, options: LogOptions): LogOptions {
  const given = (["container", "previous"] as const).filter((option) => options[option] !== undefined);
  if (given.length === 0) return options;
  throw new Failure(`--${given.join(", --")}: model "${model}" runs in no pod. Leave it out.`);
}

function lines(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a number of lines, such as 50.");
  return Number(text);
}
