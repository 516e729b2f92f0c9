import { readFile } from "node:fs/promises";
import { lastException } from "./log";
import { logFile } from "./mlserver";
import { readRecord, serverFolder } from "./record";

/**
 * Watches the log of a local server from now on: a request that fails in the model answers "Internal Server Error" alone.
 *
 * @param key the server's id in the state; on a machine that does not know it, nothing is found.
 * @returns a function that gives the last exception written since.
 */
export async function watchLog(key: string | undefined): Promise<() => Promise<string | undefined>> {
  const record = key === undefined ? undefined : await readRecord(key);
  const log = () => (record ? readFile(logFile(serverFolder(record.server)), "utf8").catch(() => "") : "");
  const seen = (await log()).length;
  return async () => lastException((await log()).slice(seen));
}
