/** One line of the table of results: what was measured, over a named alternative of the same run. */
export interface Row {
  what: string;
  alternative: string;
  /** Of the values that follow; default: seconds. */
  unit?: string;
  /** Medians of ours and of the alternative. */
  ours: number;
  theirs: number;
  /** Range of the ratios of the single repeats. */
  ratio: { median: number; least: number; most: number };
  note: string;
}

/** Something to time. */
export interface Candidate {
  run: () => Promise<unknown>;
  /** Undoes it before the next repeat; not timed. */
  after: () => Promise<unknown>;
}

/** Times the candidates in turns, so that a slow minute of the machine falls on all. The first turn only warms up. */
export async function interleaved(repeats: number, candidates: Candidate[]): Promise<number[][]> {
  const times: number[][] = candidates.map(() => []);
  for (let turn = 0; turn <= repeats; turn++) {
    for (const [index, candidate] of candidates.entries()) {
      const seconds = await timed(candidate);
      if (turn > 0) times[index]?.push(seconds);
    }
  }
  return times;
}

async function timed({ run, after }: Candidate): Promise<number> {
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  await after();
  return seconds;
}

export function row(what: string, alternative: string, ours: number[], theirs: number[], note = ""): Row {
  const ratios = ours.map((seconds, index) => seconds / (theirs[index] ?? Number.NaN));
  return {
    what,
    alternative,
    ours: median(ours),
    theirs: median(theirs),
    ratio: { median: median(ours) / median(theirs), least: Math.min(...ratios), most: Math.max(...ratios) },
    note,
  };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

/** The results as a Markdown table. */
export function table(rows: Row[]): string {
  const lines = rows.map(({ what, alternative, ours, theirs, ratio, note, unit }) => {
    const ratios = `**${ratio.median.toFixed(2)}** (${ratio.least.toFixed(2)} to ${ratio.most.toFixed(2)})`;
    const values = [ours, theirs, ours - theirs].map((value) =>
      unit === undefined ? time(value) : `${value.toFixed(0)} ${unit}`.trim(),
    );
    return `| ${what} | ${alternative} | ${values.join(" | ")} | ${ratios} | ${note} |`;
  });
  return [
    "| what | against | ours | alternative | more | ratio (range) | |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

function time(seconds: number): string {
  return Math.abs(seconds) < 1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(2)} s`;
}
