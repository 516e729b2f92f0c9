import { Command } from "commander";
import { machineId } from "../local/machine";
import { isRunning, stopProcesses } from "../local/process";
import { Failure } from "./exit";
import { type ModelOptions, modelsOfStack, withStackOptions } from "./stackOptions";

const MORE = `
Exit codes: 0 stopped, or it did not run, 1 an error.

Examples:
  modelserve stop iris
  modelserve stop iris --stack dev --json`;

/** `modelserve stop`: ends the server of a model on this machine. */
export function stopCommand(): Command {
  const command = new Command("stop")
    .summary("ends the server of a model on this machine")
    .description(
      "Ends the server of a model on this machine, until the next `pulumi up` starts it again. To take a model out of service for longer, on a cluster as well, set `stopped: true` in the program, and run `pulumi up`.",
    )
    .argument("<models...>", "names of ModelServe resources, their URNs, or outputs of the stack")
    .option("--json", "print data instead of text");
  return withStackOptions(command).addHelpText("after", MORE).action(stop);
}

async function stop(names: string[], options: ModelOptions & { json?: boolean }): Promise<void> {
  const models = (await modelsOfStack(names, options)).map(({ name, place }) => {
    if (place?.on === "machine" && place.server.machine === machineId()) return { name, ...place.server };
    const where =
      place?.on === "machine"
        ? `runs on ${place.server.machine}`
        : place
          ? "runs on a cluster"
          : "never finished being created";
    throw new Failure(`Model "${name}" ${where}: set \`stopped: true\` in the program, and run \`pulumi up\`.`);
  });
  const stopped = [];
  for (const { name, process, drainSeconds } of models) {
    const ran = process !== undefined && isRunning(process);
    if (process) await stopProcesses(process.server, drainSeconds);
    stopped.push({ name, stopped: ran });
  }
  if (options.json) console.log(JSON.stringify({ models: stopped }, null, 2));
  else for (const { name, stopped: ran } of stopped) console.log(`${name}: ${ran ? "stopped" : "it did not run"}`);
}
