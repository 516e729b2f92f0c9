// `npm run docs`: writes docs/reliability.md from what the tests left in .results (test/faults.ts); with --check it tells
// whether the page has what they left, and no more.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./root.mjs";
import { main } from "./setup.mjs";

const PAGE = join(root, "docs", "reliability.md");
const RESULTS = join(root, ".results");

const ABOUT = `# What goes wrong, and what comes of it

Each of these faults is made to happen by a test, on a real Pulumi and a real MLServer, and on a cluster with a real API server and kubelet. This page is written by \`npm run docs\` from what those tests found when they ran; CI fails when it says anything else.

Why a model does not come up, and what to do, is in the table of causes in [Readiness](readiness.md), most of which are made to happen, too. What is lost under load while a model is changed is in [Updates under load](../bench/rollouts/README.md).
`;

const TARGETS = { "On this machine": /^test\/(engine|local)\//, "On a cluster": /^test\/cluster\// };

/** Faults by the tests that tried them, in order. */
function results() {
  if (!existsSync(RESULTS)) return [];
  return readdirSync(RESULTS)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(RESULTS, name), "utf8")));
}

/** The page's rows: of what was tried now, else as they were. */
function page(found) {
  const tables = Object.entries(TARGETS).map(([target, files]) => {
    const rows = new Map(rowsOf(target).map((row) => [row.split(" | ")[0], row]));
    for (const result of found.filter(({ file }) => files.test(file))) rows.set(`| ${result.fault}`, rowOf(result));
    return [
      `## ${target}`,
      "",
      "| what goes wrong | what happens | what people read | test |",
      "| --- | --- | --- | --- |",
      ...rows.values(),
    ].join("\n");
  });
  return `${[ABOUT, ...tables].join("\n\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

function rowOf({ fault, happens, reads, title, file }) {
  const said = reads === "" ? "" : `\`${reads.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
  return `| ${fault} | ${happens} | ${said} | [${title}](../${file}) |`;
}

/** The rows that the page has for a target. */
function rowsOf(target) {
  if (!existsSync(PAGE)) return [];
  const [, section = ""] = readFileSync(PAGE, "utf8").split(`## ${target}\n`);
  return section
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => /^\| (?!what goes|---)/.test(line));
}

/** What tells a row from others, without the words that people read, in which versions and times may differ. */
const told = (row) =>
  row
    .split(" | ")
    .filter((_, index) => index !== 2)
    .join(" | ");

function write() {
  writeFileSync(PAGE, page(results()));
}

function check() {
  const found = results().map(rowOf).map(told).sort();
  const written = Object.keys(TARGETS).flatMap(rowsOf).map(told).sort();
  const untold = found.filter((row) => !written.includes(row));
  const untried = written.filter((row) => !found.includes(row));
  const problems = [
    ...untold.map((row) => `The tests found this, and docs/reliability.md does not say it:\n  ${row}`),
    ...untried.map((row) => `docs/reliability.md says this, and no test that ran found it:\n  ${row}`),
  ];
  if (problems.length > 0) throw new Error(`${problems.join("\n")}\nRun the tests, and \`npm run docs\`.`);
  console.log(`docs/reliability.md has the ${written.length} faults that the tests tried.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main(async () => (process.argv.includes("--check") ? check() : write()));
