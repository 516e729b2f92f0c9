#!/usr/bin/env node
import { join } from "node:path";
import { Command } from "commander";
import { EXIT, Failure } from "./exit";
import { logsCommand } from "./logs";
import { statusCommand } from "./status";

const { version } = require(join(__dirname, "..", "..", "package.json"));

const program = new Command("modelserve")
  .description("Looks after the models that a Pulumi stack serves by ModelServe.")
  .version(version)
  .addCommand(statusCommand())
  .addCommand(logsCommand())
  .addHelpText("after", "\nEach command has examples: modelserve help status");

async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    const known = error instanceof Failure;
    process.stderr.write(`modelserve: ${known ? error.message : (error as Error).stack}\n`);
    process.exitCode = known ? error.code : EXIT.failed;
  }
  process.stdout.write("", () => process.exit()); // a connection that hangs would keep the process
}

// `modelserve logs iris | head` closes the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? EXIT.ok : 1));
main();
