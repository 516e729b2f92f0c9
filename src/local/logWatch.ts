import { readFile } from "node:fs/promises";
import { lastException } from "../serving/log";
import { logFile } from "./record";

/**
 * Watches the log of a local server from now on: a request that fails in the model answers "Internal Server Error" alone.
 *
 * @param folder of the server; on another machine nothing is found.
 * @returns a function that gives the last exception written since.
 */
export async function watchLog(folder: string | undefined): Promise<() => Promise<string | undefined>> {
  const log = () => (folder ? readFile(logFile(folder), "utf8").catch(() => "") : "");
  const seen = (await log()).length;
  return async () => lastException((await log()).slice(seen));
}
