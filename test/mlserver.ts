import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { choosePorts } from "../src/local/ports";
import { servingPlan } from "../src/serving/plan";
import { settingsFiles } from "../src/serving/settings";
import { testPython } from "./models";
import { until } from "./until";

/** MLServer by hand, in the environment of the tests' models: `mlserver start` on a folder with settings, as its documentation has it. */
export class Mlserver {
  private child?: ChildProcess;

  private constructor(
    private readonly command: string[],
    private readonly folder: string,
    readonly url: string,
    readonly grpcUrl: string,
  ) {}

  /**
   * @param name of the server, and of the folder beside the model that gets its settings.
   * @param options.settings in place of ours.
   * @param options.program in Python, in place of `mlserver start`.
   */
  static async prepare(
    model: string,
    name: string,
    { settings, program }: { settings?: Record<string, unknown>; program?: string } = {},
  ): Promise<Mlserver> {
    const facts = { requirements: [], modules: [], light: true };
    const plan = servingPlan({ kind: "sklearnserve", modelName: "iris" }, facts);
    const serverSettings = settings ?? plan.serverSettings;
    const ports = await choosePorts(`by-hand-${name}`);
    const server = { host: "127.0.0.1", http_port: ports.http, grpc_port: ports.grpc, metrics_port: ports.metrics };
    const folder = `${model}.${name}`;
    mkdirSync(folder);
    for (const [file, text] of Object.entries(settingsFiles({ ...plan, serverSettings }, { uri: model, server })))
      writeFileSync(join(folder, file), text);
    const python = await testPython();
    const command = program === undefined ? [join(python, "..", "mlserver"), "start"] : [python, program, "mlserver"];
    return new Mlserver(command, folder, `http://127.0.0.1:${ports.http}`, `grpc://127.0.0.1:${ports.grpc}`);
  }

  start(): void {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "" }; // as a user has it
    const [program = "", ...args] = [...this.command, this.folder];
    this.child = spawn(program, args, { cwd: this.folder, stdio: "ignore", env });
  }

  async untilReady(): Promise<void> {
    await until(() =>
      fetch(`${this.url}/v2/models/iris/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it, if it runs, and returns its exit code: MLServer with workers now and then hangs at its end, and is killed then. */
  async stop(): Promise<number | null | undefined> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 30_000);
    const [code] = await ended;
    clearTimeout(patience);
    return code;
  }
}
