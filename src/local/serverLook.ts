import { readFile } from "node:fs/promises";
import { lastException, lastWords } from "../serving/log";
import { readyPath } from "../serving/plan";
import { bootId, machineId } from "./machine";
import { isRunning } from "./process";
import { logFile, readRecord, recordKey, serverFolder } from "./record";
import type { ServerOutputs } from "./server";

/** How a local server is at one moment. */
export interface ServerLook {
  /** `down`: it should run, and does not. `stopped`: it is to be down. `unseen`: it runs on another machine. */
  state: "serving" | "starting" | "down" | "stopped" | "unseen";
  machine: string;
  pid?: number;
  /** Whether the process runs. */
  running: boolean;
  /** Whether the model answers. */
  ready: boolean;
  /** Why it was started again, the last time that it was. */
  restart?: string;
  /** Its log file. */
  log?: string;
  /** Why it does not serve. */
  why?: string;
  /** The exception in its log, if it does not serve and there is one. */
  exception?: string;
  /** The lines of the log that lead to its end. */
  lines: string[];
}

/** What the state has of a server. */
export type KnownServer = Pick<
  ServerOutputs,
  "modelName" | "ports" | "machine" | "restart" | "stopped" | "process" | "drainSeconds"
>;

/** Looks once at a local server. */
export async function lookAtServer(server: KnownServer): Promise<ServerLook> {
  const { machine, restart, process } = server;
  const known = { machine, pid: process?.pid, restart, log: process?.log, running: false, ready: false, lines: [] };
  if (machine !== machineId())
    return { ...known, state: "unseen", why: `it runs on ${machine}, and this is ${machineId()}` };
  if (server.stopped) return { ...known, state: "stopped" };
  if (!process) return { ...known, state: "down", why: "it was not started" };
  if (!isRunning(process)) {
    const end = process.bootId === bootId() ? "has ended" : "ended when the machine was restarted";
    return { ...known, state: "down", why: `process ${process.pid} ${end}`, ...(await lastOf(process.log)) };
  }
  const ready = await answers(`http://127.0.0.1:${server.ports.http}${readyPath(server.modelName)}`);
  if (ready) return { ...known, state: "serving", running: true, ready };
  const why = `process ${process.pid} runs, but its model is not ready`;
  return { ...known, state: "starting", running: true, why, ...(await lastOf(process.log)) };
}

/**
 * The log of a server whose start failed, and which therefore is not in the state; nothing where none was started.
 *
 * @param component its URN.
 * @param folder of the program.
 */
export async function failedStart(component: string, folder: string): Promise<string | undefined> {
  const record = await readRecord(await recordKey(component, folder));
  return record && logFile(serverFolder(record.server));
}

/** What a log tells of a server's end. */
export async function lastOf(log: string): Promise<Pick<ServerLook, "exception" | "lines">> {
  const text = await readFile(log, "utf8").catch(() => "");
  const { cause, lines } = lastWords(text);
  return { exception: cause ?? exceptionAtEnd(text), lines };
}

/** An exception further up is of a request, and not why the server ended. */
function exceptionAtEnd(log: string): string | undefined {
  const exception = lastException(log);
  const squeezed = (text: string) => text.replace(/\s+/g, " ").trim();
  return exception !== undefined && squeezed(log).endsWith(squeezed(exception)) ? exception : undefined;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ status }) => status === 200,
    () => false,
  );
}
