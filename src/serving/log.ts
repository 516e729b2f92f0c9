/** What a server's log tells of its end. */
export interface LastWords {
  /** The exception with which the model's loading failed, if that is in the log. */
  cause?: string;
  /** The lines that lead to it, or the last ones of the log. */
  lines: string[];
}

const SHOWN = 15;

/** What MLServer writes before the traceback of a model that did not load; the shutdown that follows writes much more. */
const LOAD_FAILED = [
  "An error occurred processing a model update of type 'Load'.", // in a worker process, before the other
  "Some of the models failed to load during startup!",
];

/** What a traceback ends with: `OSError: [Errno 30] …`. */
const RAISED = /^[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt)(: .*)?$/;

/** Finds in MLServer's log why it ended, rather than how its shutdown went. */
export function lastWords(log: string): LastWords {
  const lines = log
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const failed = lines.findIndex((line) => LOAD_FAILED.some((words) => line.includes(words)));
  if (failed < 0) return { ...raisedAtEnd(lines), lines: lines.slice(-SHOWN) };
  const rest = lines.slice(failed + 1);
  const next = rest.findIndex(isLogged);
  const traceback = withoutUnloading(next < 0 ? rest : rest.slice(0, next));
  const raised = traceback.findLastIndex(isException);
  if (raised < 0) return { lines: lines.slice(-SHOWN) };
  const known = withoutNative(traceback);
  return { cause: known.slice(raised).join(" "), lines: known.slice(-SHOWN) };
}

/** Lines without how a model that did not load could not be unloaded either: some runtimes expect that it was there. */
function withoutUnloading(traceback: string[]): string[] {
  const again = traceback.findIndex((line) => line.startsWith("During handling of the above exception"));
  const unloading = traceback.slice(again).some((line) => line.includes("in _unload_model"));
  return again >= 0 && unloading ? traceback.slice(0, again) : traceback;
}

/** The exception with which a log ends, also one of several lines. */
function raisedAtEnd(lines: string[]): { cause?: string } {
  const raised = lines.slice(-SHOWN).findLastIndex((line) => RAISED.test(line));
  const rest = raised < 0 ? [] : lines.slice(-SHOWN).slice(raised);
  return rest.length === 0 || rest.some(isLogged) ? {} : { cause: rest.map((line) => line.trim()).join(" ") };
}

/** The last exception in a part of a server's log, without the way to it. */
export function lastException(log: string): string | undefined {
  const lines = log.split("\n").map((line) => line.trimEnd());
  const start = lines.findLastIndex((line) => line.startsWith("Traceback (most recent call last)"));
  const raised = start < 0 ? -1 : lines.findIndex((line, index) => index > start && isException(line));
  if (raised < 0) return undefined;
  const rest = lines.slice(raised).filter((line) => line !== "");
  const next = rest.findIndex(isLogged);
  return withoutNative(next < 0 ? rest : rest.slice(0, next)).join(" ");
}

/** Lines without the calls in machine code that libraries such as XGBoost write after their exception. */
function withoutNative(lines: string[]): string[] {
  const start = lines.findIndex((line) => /^\s*Stack trace:/.test(line));
  return start < 0 ? lines : lines.slice(0, start);
}

/** Whether a line names an exception, as a traceback's last part does: `ValueError: …`. */
function isException(line: string): boolean {
  return /^[A-Za-z_][\w.]*(:|$)/.test(line);
}

/** Whether a line is one of MLServer's or uvicorn's own, and not a part of a traceback. */
function isLogged(line: string): boolean {
  return /^\d{4}-\d\d-\d\d |^(INFO|WARNING|ERROR|DEBUG|CRITICAL):\s/.test(line);
}
