import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownCache } from "./cache";

export const ROOT = join(__dirname, "..", "..");

const SCOPE = 'const pulumi = require("@pulumi/pulumi");\nconst { ModelServe, invoke } = require("modelserve");\n';

/** What a command printed, both streams in one, and its exit code. */
export interface Outcome {
  code: number | null;
  text: string;
}

/** A Pulumi project in a folder of its own, on its own back end, run by the real CLI. */
export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), "modelserve-stack-"));
  /** Where its servers are recorded. */
  readonly cache = ownCache(join(this.folder, "cache"));
  /** Variables for every command; tests add to them. */
  readonly env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
    PULUMI_HOME: join(this.folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_STACK: "test",
    MODELSERVE_CACHE: this.cache,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    TEST_STACK: this.folder, // marks what commands start
  };

  /** @param source the body of a program, with `ModelServe`, `invoke` and `pulumi` in scope, or the name of an example. */
  constructor(source: string | { example: string }) {
    mkdirSync(join(this.folder, "state"));
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    if (typeof source !== "string") {
      cpSync(join(ROOT, "examples", source.example), this.folder, { recursive: true });
      return;
    }
    writeFileSync(
      join(this.folder, "Pulumi.yaml"),
      "name: test\nruntime:\n  name: nodejs\n  options: { typescript: false }\n",
    );
    writeFileSync(join(this.folder, "package.json"), '{ "name": "test", "main": "index.js" }');
    this.write(source);
  }

  write(program: string, scope = SCOPE): void {
    writeFileSync(join(this.folder, "index.js"), scope + program);
  }

  async init(): Promise<this> {
    await this.ok("stack", "init", this.env.PULUMI_STACK ?? "");
    return this;
  }

  start(...args: string[]): ChildProcess {
    return spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: this.env,
      detached: true,
    });
  }

  run(...args: string[]): Promise<Outcome> {
    const child = this.start(...args);
    let text = "";
    child.stdout?.on("data", (data) => {
      text += data;
    });
    child.stderr?.on("data", (data) => {
      text += data;
    });
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
  }

  /** Runs a command that must succeed, and returns what it printed. */
  async ok(...args: string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${text}`);
    return text;
  }

  /** Runs a command that must fail, and returns what it printed. */
  async fails(...args: string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    if (code === 0) throw new Error(`pulumi ${args.join(" ")} succeeded, but should have failed:\n${text}`);
    return text;
  }

  /** The processes that commands of this stack started and that still run, model servers among them. */
  processes(): number[] {
    const marked = (pid: string) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`TEST_STACK=${this.folder}`);
      } catch {
        return false; // ended while we looked, or another user's
      }
    };
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && marked(name))
      .map(Number);
  }

  up(...args: string[]): Promise<string> {
    return this.ok("up", "--yes", "--skip-preview", ...args);
  }

  async outputs(): Promise<any> {
    return JSON.parse(await this.ok("stack", "output", "--json"));
  }

  /** The properties of the local server, from the state. */
  async server(): Promise<any> {
    const { deployment } = JSON.parse(await this.ok("stack", "export"));
    return deployment.resources?.find(({ type }: any) => type.endsWith("LocalServer"))?.outputs;
  }

  /** Takes everything down, whatever the test left. */
  async remove(): Promise<void> {
    const { code, text } = await this.run("destroy", "--yes", "--skip-preview");
    for (const pid of this.processes()) process.kill(pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(text);
  }
}
