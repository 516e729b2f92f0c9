import { realpathSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { machineId } from "../local/machine";
import { isRunning } from "../local/process";
import { failedStart, type KnownServer } from "../local/serverLook";
import { EXIT, Failure } from "./exit";
import { type LogOptions, printer } from "./logLines";
import type { LocalPlace, Model } from "./models";

/** Prints the log file of a server on this machine. */
export async function localLog(
  { name, urn }: Model,
  place: LocalPlace | undefined,
  options: LogOptions,
): Promise<void> {
  const log = place ? logOf(name, place.server) : await failedStart(urn, realpathSync(options.cwd));
  if (log === undefined)
    throw new Failure(`Model "${name}" never finished being created, and left no log. Run \`pulumi up\`.`);
  const file = await open(log).catch((error: Error) => {
    throw new Failure(`The log of model "${name}" is not there any more: ${error.message}.`);
  });
  const server = place?.server.process;
  const goesOn = () => options.follow === true && server !== undefined && isRunning(server);
  try {
    const start = options.tail === undefined ? 0 : await startOfLast(options.tail, file);
    const print = printer(options);
    const input = Readable.from(written(file, start, goesOn));
    for await (const line of createInterface({ input })) print({ model: name, line });
  } finally {
    await file.close();
  }
}

/** @throws Failure when there is none, or none that is seen from here. */
function logOf(name: string, { machine, process }: KnownServer): string {
  if (machine !== machineId()) {
    const reason = `The log of model "${name}" is on ${machine}, and this is ${machineId()}.`;
    throw new Failure(`${reason} Run \`modelserve logs\` there.`, EXIT.unseen);
  }
  if (process) return process.log;
  throw new Failure(`Model "${name}" is stopped, so there is no log. Take \`stopped\` out, and run \`pulumi up\`.`);
}

const PAUSE = 200; // milliseconds
const BLOCK = 64 * 1024; // bytes

/** What is in a file from a position on, and what is added for as long as its writer goes on. */
async function* written(file: FileHandle, start: number, goesOn: () => boolean): AsyncGenerator<Buffer> {
  for (let position = start, ended = false; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, position);
    position += bytesRead;
    if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
    else if (ended) return;
    else if (goesOn()) await sleep(PAUSE);
    else ended = true; // what it wrote last may have come after our look
  }
}

/** The position at which the last lines of a file begin. */
async function startOfLast(lines: number, file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  let left = lines;
  for (let end = size; end > 0; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let at = buffer.length - 1; at >= 0; at--) {
      if (buffer[at] === 0x0a && start + at !== size - 1 && --left === 0) return start + at + 1;
    }
  }
  return 0;
}
