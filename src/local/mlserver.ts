import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lastWords } from "../serving/log";
import type { ServingPlan } from "../serving/plan";
import { settingsFiles } from "../serving/settings";
import type { Sample } from "../serving/smokeTest";
import { type Ports, refuseTaken } from "./ports";
import { MARK } from "./process";
import { logFile } from "./record";
import { askSample } from "./smokeTest";

/** All that one MLServer process is started from. */
export interface Launch {
  /** Marks the processes, and names the folder. */
  server: string;
  /** Where settings and log go. */
  folder: string;
  /** The folder of its Python environment. */
  environment: string;
  plan: ServingPlan;
  /** Absolute path of the model. */
  file: string;
  ports: Ports;
  /** What the model must answer right, if anything. */
  sample?: Sample;
  /** Environment variables beside those of this process. */
  envs: Record<string, string>;
}

const POLL = 50; // milliseconds

/**
 * Starts MLServer in a process group of its own, so that it outlives this process and can be stopped as a whole.
 *
 * @throws Error when a port is taken.
 */
export async function launch({ server, folder, environment, plan, file, ports, envs }: Launch): Promise<ChildProcess> {
  await refuseTaken(Object.values(ports));
  const settings = join(folder, "settings");
  await mkdir(settings, { recursive: true });
  const place = { host: "127.0.0.1", http_port: ports.http, grpc_port: ports.grpc, metrics_port: ports.metrics };
  for (const [name, text] of Object.entries(settingsFiles(plan, { uri: file, server: place }))) {
    await writeFile(join(settings, name), text);
  }
  const log = await open(logFile(folder), "w");
  try {
    const child = spawn(join(environment, "env", "bin", "mlserver"), ["start", settings], {
      cwd: folder,
      detached: true,
      env: {
        ...inherited(process.env),
        ...codePath(plan, file),
        ...NO_BYTECODE,
        ...plan.variables,
        ...envs,
        [MARK]: server,
      },
      stdio: ["ignore", log.fd, log.fd],
    });
    child.unref();
    child.on("error", () => {}); // reported by untilReady, which sees that there is no process
    return child;
  } finally {
    await log.close();
  }
}

/**
 * The environment that a server takes over from Pulumi's: without Pulumi's own variables, which hold the stack's passphrase,
 * and without MLServer's, which would add settings that no preview showed.
 */
export function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(PULUMI|MLSERVER)_/i.test(name)));
}

/** Lets Python find the code in the model's folder, for kinds whose models have their own, and what stands in for packages. */
function codePath({ ownCode, without }: ServingPlan, folder: string): NodeJS.ProcessEnv {
  const folders = [...(ownCode ? [folder] : []), ...(without.length > 0 ? [STAND_INS] : [])];
  if (folders.length === 0) return {};
  return { PYTHONPATH: [...folders, process.env.PYTHONPATH].filter(Boolean).join(delimiter) };
}

const STAND_INS = join(__dirname, "stand_ins");

/** The packages are compiled when they are installed; what Python would write beside a model's code would change its digest. */
const NO_BYTECODE = { PYTHONDONTWRITEBYTECODE: "1" };

/**
 * Waits until the model answers at its readiness path, and the sample request right.
 *
 * @throws Error with the last lines of the log when the process ends before (MLServer exits with 0 when the model fails
 * to load, so any end is a failure), when `timeoutSeconds` are over, or when the sample request is answered wrong.
 */
export async function untilReady(child: ChildProcess, job: Launch, timeoutSeconds: number): Promise<void> {
  const { folder, plan, ports, sample } = job;
  const deadline = Date.now() + timeoutSeconds * 1000;
  const url = `http://127.0.0.1:${ports.http}${plan.readyPath}`;
  let missing: string | undefined;
  while (Date.now() < deadline) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The server ended before its model was ready${await logEnd(folder)}`);
    }
    if (await answers(url)) {
      missing = sample && (await askSample(job, sample));
      if (missing === undefined) return;
    }
    await sleep(POLL);
  }
  throw new Error(
    `The model was not ready within ${timeoutSeconds} s (\`timeoutSeconds\`): give it more time, or see what it waits for${missing ? `: ${missing}` : ""}${await logEnd(folder)}`,
  );
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

async function logEnd(folder: string): Promise<string> {
  const { cause, lines } = lastWords(await readFile(logFile(folder), "utf8").catch(() => ""));
  if (lines.length === 0) return ". It wrote no log.";
  const told = lines.map((line) => `  ${line}`).join("\n");
  return `${cause ? `: ${cause}\nFrom` : ". The last lines of"} its log, ${logFile(folder)}:\n${told}`;
}
