#!/usr/bin/env node
import { join } from "node:path";
import { Command } from "commander";
import { convertCommand } from "./convert";
import { doctorCommand } from "./doctor";
import { EXIT, Failure } from "./exit";
import { invokeCommand } from "./invoke";
import { logsCommand } from "./logs";
import { serveCommand } from "./serve";
import { statusCommand } from "./status";
import { stopCommand } from "./stop";

const { version } = require(join(__dirname, "..", "..", "package.json"));

const program = new Command("modelserve")
  .description("Serves models, asks them, and looks after those that a Pulumi stack serves by ModelServe.")
  .version(version)
  .addCommand(serveCommand())
  .addCommand(invokeCommand())
  .addCommand(statusCommand())
  .addCommand(logsCommand())
  .addCommand(stopCommand())
  .addCommand(convertCommand())
  .addCommand(doctorCommand())
  .addHelpText("after", "\nEach command has examples: modelserve help status");

async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    const known = error instanceof Failure;
    process.stderr.write(`modelserve: ${known ? error.message : (error as Error).stack}\n`);
    process.exitCode = known ? error.code : EXIT.failed;
  }
  process.stdout.write("", end); // a connection that hangs would keep the process
}

/** Ends the process, which may be unable to say what it has to. */
function end(error?: NodeJS.ErrnoException | null): never {
  if (!error) process.exit();
  if (error.code === "EPIPE") process.exit(EXIT.ok); // as when `modelserve logs iris | head` closes the pipe
  process.stderr.write(`modelserve: what it has to say cannot be written: ${error.message}\n`);
  process.exit(EXIT.failed);
}

process.stdout.on("error", end);
main();
