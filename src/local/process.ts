import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { platform } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** The environment variable that marks every process of one server, its workers included, with the server's id. */
export const MARK = "MODELSERVE_SERVER";

interface Process {
  pid: number;
  group: number;
}

/**
 * The living processes of one server. They are known by the mark in their environment: a pid alone proves nothing,
 * since the system gives it to another program after its end. Zombies have no environment left and so do not count.
 */
export function processesOf(server: string): Process[] {
  return platform() === "linux" ? fromProc(`${MARK}=${server}`) : fromPs(`${MARK}=${server}`);
}

/** Whether the process that leads a server still runs, and its pid is not another program's by now. */
export function isRunning({ server, pid }: { server: string; pid?: number }): boolean {
  return processesOf(server).some((process) => process.pid === pid);
}

/**
 * Ends every process of a server: SIGTERM to its process groups, and SIGKILL to what is still there after `politeSeconds`.
 * A server whose parent was killed leaves its workers behind; they carry the mark, so they end too.
 */
export async function stopProcesses(server: string, politeSeconds: number): Promise<void> {
  const firm = Date.now() + politeSeconds * 1000;
  for (let processes = processesOf(server), polite = true; processes.length > 0; processes = processesOf(server)) {
    if (polite || Date.now() > firm) signalAll(processes, polite ? "SIGTERM" : "SIGKILL");
    polite = false;
    await sleep(50);
  }
}

/** Asks every process of a server to end, without waiting for it: for a process that is itself about to end. */
export function askToEnd(server: string): void {
  signalAll(processesOf(server), "SIGTERM");
}

function signalAll(processes: Process[], name: NodeJS.Signals): void {
  for (const group of new Set(processes.map((process) => process.group))) signal(group, name);
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ended in the meantime
  }
}

function fromProc(mark: string): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(mark)) return [];
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // state, parent, group
        return [{ pid: Number(pid), group: Number(group) }];
      } catch {
        return []; // ended while we looked, or another user's
      }
    });
}

function fromPs(mark: string): Process[] {
  return execFileSync("ps", ["-AwwE", "-o", "pid=,pgid=,stat=,command="], { encoding: "utf8", maxBuffer: 64 << 20 })
    .split("\n")
    .filter((line) => line.split(" ").includes(mark))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith("Z"))
    .map(([pid, group]) => ({ pid: Number(pid), group: Number(group) }));
}
