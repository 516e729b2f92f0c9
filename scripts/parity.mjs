// `npm run docs`: writes docs/parity.md, what becomes of every parameter of the reference runtime, from scripts/parity.yaml.
// Each row names the test that shows it; a test of that title must be there.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { root } from "./root.mjs";
import { main } from "./setup.mjs";

const PAGE = join(root, "docs", "parity.md");
const ROWS = join(root, "scripts", "parity.yaml");

/** The page's text. */
export function parityPage() {
  const { about, tables } = parse(readFileSync(ROWS, "utf8"));
  const sections = Object.entries(tables).map(([title, { from, rows }]) => {
    const lines = Object.entries(rows).map(([parameter, row]) => line([`\`${parameter}\``, ...cells(parameter, row)]));
    return [`## ${title}`, "", from, "", line(HEAD), line(HEAD.map(() => "---")), ...lines].join("\n");
  });
  return `${["# Parity with the reference runtime", about.trim(), ...sections].join("\n\n")}\n`;
}

const HEAD = ["there", "here", "what is better", "test"];

function cells(parameter, { here, better = "", test, missing, ...more }) {
  if (Object.keys(more).length > 0)
    throw new Error(`${parameter}: a row has no ${Object.keys(more)}; quote its commas.`);
  if (missing) return ["–", missing, ""];
  const [file, title] = test ?? [];
  if (!file || !readFileSync(join(root, file), "utf8").includes(title))
    throw new Error(`${parameter}: ${file} has no test "${title}".`);
  return [here, better, `[${title.replaceAll("`", "")}](../${file})`];
}

function line(columns) {
  return `| ${columns.map((cell) => cell.trim().replaceAll("|", "\\|")).join(" | ")} |`.replaceAll("|  |", "| |");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(async () => writeFileSync(PAGE, parityPage()));
