import { type LastWords, lastWords } from "../serving/log";
import { CAUSES, type Persistence, REPEATS } from "./causes";
import type { Incident } from "./incidents";

/** Why a model does not serve, for a person and for a program. */
export interface Finding {
  /** Name of the cause in `CAUSES`. */
  cause: string;
  persistence: Persistence;
  /** What happened, in Kubernetes' or the container's own words. */
  what: string;
  /** What to do, in one sentence. */
  next: string;
  pod?: string;
  container?: string;
  /** Kubernetes' word for it. */
  reason: string;
  exitCode?: number;
  times: number;
  /** The last lines of the container's log, where its message does not tell. */
  lines: string[];
}

/** The last lines of containers, by pod and container, and what of them is the cause. */
export type Logs = ReadonlyMap<string, LastWords>;

export const logKey = ({ pod = "", container = "" }: Pick<Incident, "pod" | "container">) => `${pod}/${container}`;

/** The findings that incidents amount to, the gravest first; pods that fail alike make one. */
export function findingsOf(incidents: Incident[], logs: Logs): Finding[] {
  const findings = incidents.map((incident) => findingOf(incident, logs));
  const alike = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.cause} ${finding.container}`;
    const known = alike.get(key);
    if (!known || finding.times > known.times) alike.set(key, finding);
  }
  return [...alike.values()].sort((a, b) => gravity(b) - gravity(a));
}

function gravity({ persistence, times }: Finding): number {
  return { fatal: 3000, repeats: 2000, passes: 1000 }[persistence] + Math.min(times, 999);
}

function findingOf(incident: Incident, logs: Logs): Finding {
  const [cause, { persistence, next }] = Object.entries(CAUSES).find(([, each]) => each.sees(incident)) ?? UNKNOWN;
  const { pod, container, reason, exitCode, times } = incident;
  const common = { cause, persistence, next, pod, container, reason, exitCode, times };
  const words = wordsOf(incident, logs);
  if (words) return { ...common, what: words.cause ?? reason, lines: words.lines };
  return { ...common, what: (incident.message || reason).trim(), lines: [] };
}

/** What a container that ended without a reason of its own wrote last: Kubernetes may have put that in place of its message. */
function wordsOf({ container, exitCode, message, ...incident }: Incident, logs: Logs): LastWords | undefined {
  if (exitCode !== undefined && message.trim().includes("\n")) return lastWords(message);
  return message === "" && container !== undefined ? logs.get(logKey({ container, ...incident })) : undefined;
}

const UNKNOWN: [string, { persistence: Persistence; next: string }] = [
  "unknown",
  { persistence: "passes", next: "See `kubectl describe pod`." },
];

/** Whether to give up because of a finding, rather than to wait on. */
export function isFinal({ cause, persistence, times }: Finding): boolean {
  return persistence === "fatal" || (persistence === "repeats" && times >= (CAUSES[cause]?.repeats ?? REPEATS));
}

/** Whether a container's message says nothing of why it ended, so that its log is needed. */
export function needsLog({ from, exitCode, message }: Incident): boolean {
  return from === "container" && exitCode !== undefined && message === "";
}

/** A finding as people read it. */
export function explained({ what, next, pod, container, reason, exitCode, times, lines, cause }: Finding): string {
  const where = [container, pod && `pod ${pod}`].filter(Boolean).join(" of ");
  const how = [reason, exitCode === undefined ? "" : `exit code ${exitCode}`, times > 1 ? `${times} times` : ""];
  const about = `${cause}${where ? `, ${where}` : ""}: ${how.filter(Boolean).join(", ")}`;
  const log = lines.map((line) => `    ${line}`);
  return [what, `  (${about})`, ...log, `  Next: ${next}`].join("\n");
}
