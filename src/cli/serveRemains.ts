import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { digest } from "../digest";
import { machineId } from "../local/machine";
import { stopProcesses } from "../local/process";
import { logFile, serverFolder } from "../local/record";

/** How long a log is kept of a server that failed. */
const KEPT_SECONDS = 86_400;

/** The id of a server of this process, which tells whose it is, also where machines share a cache. */
export function newServer(): string {
  return `${prefix()}${process.pid}-${randomBytes(4).toString("hex")}`;
}

function prefix(): string {
  return `serve-${digest(machineId()).slice(0, 8)}-`;
}

/** Ends the servers of processes that were killed, and removes what is left of servers since a day or more. */
export async function endRemains(): Promise<void> {
  const names = await readdir(dirname(serverFolder("serve"))).catch(() => []);
  for (const server of names) {
    if (!server.startsWith(prefix())) continue;
    const [pid] = server.slice(prefix().length).split("-");
    if (isAlive(Number(pid))) continue;
    await stopProcesses(server, 0);
    const folder = serverFolder(server);
    const { mtimeMs } = await stat(logFile(folder)).catch(() => ({ mtimeMs: 0 }));
    if (Date.now() - mtimeMs > KEPT_SECONDS * 1000) await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
