// `npm run bench [repeats]`: prints the results as a table.
import { firstPrediction } from "./firstPrediction";
import { importTime } from "./importTime";
import { table } from "./measure";

async function main(): Promise<void> {
  const repeats = Number(process.argv[2] ?? 7);
  if (!(Number.isInteger(repeats) && repeats > 0)) throw new Error(`${process.argv[2]} is not a number of repeats.`);
  console.log(`Measuring ${repeats} interleaved repeats of each candidate …`);
  const rows = [...importTime(repeats * 3), ...(await firstPrediction(repeats))];
  console.log(table(rows));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
