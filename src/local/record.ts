import { createHash } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder, makeFolder } from "./cache";
import type { Ports } from "./ports";

/**
 * What this machine knows of the server of one resource. It is written before the process starts, so that a `create`
 * that was cut off can be cleaned up by the next one.
 */
export interface ServerRecord {
  /** The id that marks the server's processes and names its folder. */
  server: string;
  /** `starting` until the model answered. */
  state: "starting" | "running";
  /** Of the process group's leader; absent until it was spawned. */
  pid?: number;
  bootId: string;
  /** Names what it serves, so that a server of an update that never got into the state is told from the one in it. */
  serves: string;
  ports: Ports;
}

/**
 * Identifies the resource on this machine: back end (where the environment or the Pulumi credentials name it), program
 * folder, and the URN, which holds project, stack and resource.
 */
export async function recordKey(urn: string, folder = process.cwd()): Promise<string> {
  return createHash("sha256")
    .update(JSON.stringify([await backend(), folder, urn]))
    .digest("hex")
    .slice(0, 16);
}

async function backend(): Promise<string> {
  if (process.env.PULUMI_BACKEND_URL) return process.env.PULUMI_BACKEND_URL;
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  return readFile(join(home, "credentials.json"), "utf8")
    .then((text) => String(JSON.parse(text).current ?? ""))
    .catch(() => "");
}

/** The folder of one server: its settings and its log. */
export function serverFolder(server: string): string {
  return join(cacheFolder(), "servers", server);
}

export async function readRecord(key: string): Promise<ServerRecord | undefined> {
  return readFile(file(key), "utf8")
    .then((text) => JSON.parse(text) as ServerRecord)
    .catch(() => undefined);
}

export async function writeRecord(key: string, record: ServerRecord): Promise<void> {
  await makeFolder(join(cacheFolder(), "servers"));
  const unfinished = `${file(key)}.${record.server}`;
  await writeFile(unfinished, JSON.stringify(record));
  await rename(unfinished, file(key));
}

export async function removeRecord(key: string): Promise<void> {
  await rm(file(key), { force: true });
}

function file(key: string): string {
  return join(cacheFolder(), "servers", `${key}.json`);
}

export function logFile(folder: string): string {
  return join(folder, "server.log");
}
