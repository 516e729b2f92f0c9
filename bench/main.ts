// `npm run bench [repeats [rows]]`: prints the results as a table.
import { calls } from "./calls";
import { clusterPrediction } from "./clusterPrediction";
import { firstPrediction } from "./firstPrediction";
import { importTime } from "./importTime";
import { type Row, table } from "./measure";
import { previewTime } from "./previewTime";
import { serving } from "./serving";
import { sharedWatch } from "./sharedWatch";
import { updateGap } from "./updateGap";
import { waiterLag } from "./waiterLag";

const ROWS: Record<string, (repeats: number) => Row[] | Promise<Row[]>> = {
  import: (repeats) => importTime(repeats * 3),
  prediction: firstPrediction,
  preview: previewTime,
  serving,
  gap: updateGap,
  calls,
  cluster: clusterPrediction,
  lag: waiterLag,
  watch: sharedWatch,
};

async function main(): Promise<void> {
  const [, , repeats = "7", ...names] = process.argv;
  const count = Number(repeats);
  if (!(Number.isInteger(count) && count > 0)) throw new Error(`${repeats} is not a number of repeats.`);
  const unknown = names.filter((name) => !ROWS[name]);
  if (unknown.length > 0) throw new Error(`There is no row ${unknown}. There are ${Object.keys(ROWS).join(", ")}.`);
  console.log(`Measuring ${count} interleaved repeats of each candidate …`);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(ROWS))
    if (names.length === 0 || names.includes(name)) rows.push(...(await measure(count)));
  console.log(table(rows));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
