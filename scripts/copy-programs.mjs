// tsc compiles TypeScript only: the Python and shell programs that ship with the library go along here.
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname } from "node:path";

const programs = readdirSync("src", { recursive: true }).filter((name) => /\.(py|sh)$/.test(name));
for (const program of programs) {
  mkdirSync(dirname(`dist/${program}`), { recursive: true });
  copyFileSync(`src/${program}`, `dist/${program}`);
}
chmodSync("dist/cli/main.js", 0o755);
