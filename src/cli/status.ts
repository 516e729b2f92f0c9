import { Command } from "commander";
import { exitCodeOf, STATES, statusOf } from "./modelStatus";
import { type ModelOptions, modelsOfStack, withModelOptions } from "./stackOptions";
import { statusText } from "./statusText";

const MORE = `
States:
${Object.entries(STATES)
  .map(([state, meaning]) => `  ${state.padEnd(12)}${meaning}`)
  .join("\n")}

Exit codes: 0 all serve, 1 an error, 2 one does not serve, 3 one could not be seen.

Examples:
  modelserve status
  modelserve status iris --stack prod
  modelserve status --json | jq '.models[] | select(.state != "serving") | .name'`;

/** `modelserve status`: whether models serve, and if not, why. */
export function statusCommand(): Command {
  const command = new Command("status")
    .summary("says whether models serve, and if not, why")
    .description("Says whether the models of a stack serve, and if not, why. It only looks, and updates nothing.")
    .argument(
      "[models...]",
      "names of ModelServe resources, their URNs, or outputs of the stack (default: all of the stack)",
    )
    .option("--json", "print data instead of text");
  return withModelOptions(command).addHelpText("after", MORE).action(status);
}

async function status(names: string[], options: ModelOptions & { json?: boolean }): Promise<void> {
  const models = await modelsOfStack(names, options);
  const statuses = await Promise.all(models.map((model) => statusOf(model, options)));
  const text = statuses.map(statusText).join("\n\n") || "The stack has no models.";
  console.log(options.json ? JSON.stringify({ models: statuses }, null, 2) : text);
  process.exitCode = exitCodeOf(statuses.map(({ state }) => state));
}
