// What the set-up says on screen: on the error stream, so that `npm run --silent env` prints nothing but its lines.
import { spawn } from "node:child_process";

const EVERY = process.stderr.isTTY ? 2_000 : 20_000; // milliseconds between signs of life

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a command that may take long: says what it does, then every so often for how long and its last line.
 * @throws Error with the end of the command's output when it fails.
 */
export async function runVisibly(what, command, args, options = {}) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`${what} …`);
  let output = "";
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const keep = (data) => {
    output = (output + data).slice(-20_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ticker = setInterval(
    () => say(`  ${seconds()} s  ${(output.trim().split("\n").at(-1) ?? "").slice(0, 100)}`),
    EVERY,
  );
  try {
    const code = await new Promise((resolve) => {
      child.on("error", (error) => {
        keep(error.message);
        resolve(-1);
      });
      child.on("close", resolve);
    });
    if (code !== 0)
      throw new Error(
        `${what} failed (${command} ${args[0]}: ${code}):\n${output.trim().split("\n").slice(-15).join("\n")}`,
      );
    if (seconds() >= 2) say(`  done in ${seconds()} s`);
  } finally {
    clearInterval(ticker);
  }
}
