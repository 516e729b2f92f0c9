import { existsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { Command, Option } from "commander";
import { check } from "../check";
import { HuggingfaceTask } from "../huggingface/args";
import { pythonEnvironment } from "../local/environment";
import { launch, untilReady } from "../local/mlserver";
import { readPickle } from "../local/pickleReader";
import { choosePorts } from "../local/ports";
import { askToEnd, stopProcesses } from "../local/process";
import { logFile, serverFolder } from "../local/record";
import { withTask } from "../local/serverInputs";
import type { ArtifactFacts } from "../serving/flavour";
import type { Kind } from "../serving/kind";
import { flavours, modelPath, type ServingPlan, servingPlan } from "../serving/plan";
import { readArtifact } from "../source/artifact";
import { kindOf } from "../source/kindOf";
import { Failure } from "./exit";
import { note } from "./logLines";
import { collected, numeric, seconds } from "./optionValues";
import { endRemains, newServer } from "./serveRemains";

const MORE = `
It goes on until Ctrl-C (SIGINT) or SIGTERM, and then lets requests under way end.

Exit codes: 0 served until it was told to end, 1 an error, or the server ended by itself.

Examples:
  modelserve serve model.pkl
  modelserve serve ./mlflow-model --port 8080
  modelserve serve ./words --kind customserve --implementation words.Words --requirement spacy==3.8.2`;

interface ServeOptions {
  kind?: Kind;
  name?: string;
  port?: number;
  implementation?: string;
  requirement?: string[];
  task?: HuggingfaceTask;
  allowVersionSkew?: boolean;
  timeout: number;
  json?: boolean;
}

/** `modelserve serve`: serves a model on this machine, without Pulumi, until it is told to end. */
export function serveCommand(): Command {
  return new Command("serve")
    .summary("serves a model on this machine until Ctrl-C")
    .description(
      "Serves a model's file or folder on this machine, by MLServer, until Ctrl-C. It needs neither Pulumi nor a stack.",
    )
    .argument("<path>", "the model's file or folder")
    .option("-k, --kind <kind>", "kind of the model (default: by its files)")
    .option("-n, --name <name>", "name under which it is served (default: that of the file or folder)")
    .option("-p, --port <port>", "HTTP port on 127.0.0.1 (default: a free one)", numeric)
    .option("--implementation <class>", "Python class, for customserve")
    .option(
      "-r, --requirement <requirement>",
      "a Python package that its files do not name; can be given several times",
      collected,
    )
    .addOption(
      new Option("--task <task>", "what a Hugging Face model does (default: by its config.json)").choices(
        Object.values(HuggingfaceTask),
      ),
    )
    .option("--allow-version-skew", "serve it with other versions where its own cannot be installed")
    .option("-t, --timeout <seconds>", "time that it may take to be ready", seconds, 600)
    .option("--json", "print its addresses as an object, in one line")
    .addHelpText("after", MORE)
    .action(serve);
}

async function serve(path: string, options: ServeOptions): Promise<void> {
  const kind = options.kind ?? detected(path);
  const name = options.name ?? nameOf(path);
  refuseBad(kind, path, name, options);
  const artifact = await readArtifact(kind, path, readPickle).catch(fail);
  const plan = planned(kind, path, name, options, artifact);
  const environment = await pythonEnvironment({
    ...plan,
    extraRequirements: options.requirement,
    announce: note,
    skew: options.allowVersionSkew ? { tested: flavours[kind].tested, warn: note } : undefined,
  }).catch(fail);
  await endRemains();
  const server = newServer();
  const folder = serverFolder(server);
  const ports = await choosePorts(server, options.port);
  const job = { plan, file: artifact.file, environment, server, folder, ports, envs: {} };
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve()); // a second one ends nothing half-way
  });
  process.once("exit", () => askToEnd(server)); // as where what reads the output is gone
  const child = await launch(job).catch(fail);
  child.ref(); // it is this process' own, unlike a stack's
  const ended = new Promise<"ended">((resolve) => child.once("exit", () => resolve("ended")));
  let keepLog = false;
  try {
    const ready = untilReady(child, job, options.timeout).then(() => "ready" as const);
    ready.catch(() => {}); // when it was told to end before
    if ((await Promise.race([ready, told])) !== "ready") return;
    const url = `http://127.0.0.1:${ports.http}`;
    const grpcUrl = `grpc://127.0.0.1:${ports.grpc}`;
    announce({ name, kind, url, inferUrl: `${url}${modelPath(name)}/infer`, grpcUrl, log: logFile(folder) }, options);
    if ((await Promise.race([ended, told])) !== "ended") return;
    throw new Failure(`The server of model "${name}" ended by itself. Its log: ${logFile(folder)}`);
  } catch (error) {
    keepLog = true;
    throw error instanceof Failure ? error : fail(error as Error);
  } finally {
    await stopProcesses(server, DRAIN_SECONDS);
    if (!keepLog) await rm(folder, { recursive: true, force: true });
  }
}

function planned(
  kind: Kind,
  path: string,
  modelName: string,
  options: ServeOptions,
  artifact: ArtifactFacts,
): ServingPlan {
  const { implementation, task } = options;
  try {
    const huggingface = withTask({ kind, path, huggingface: task && { task } });
    return servingPlan({ kind, modelName, implementation, huggingface }, artifact);
  } catch (error) {
    return fail(error as Error);
  }
}

const DRAIN_SECONDS = 15;

interface Served {
  name: string;
  kind: Kind;
  url: string;
  inferUrl: string;
  grpcUrl: string;
  log: string;
}

function announce(served: Served, { json }: ServeOptions): void {
  const { name, kind, url, inferUrl, grpcUrl, log } = served;
  const text = `Model "${name}" (${kind}) is served at ${url}; Ctrl-C ends it.
  Inference requests: POST ${inferUrl}
  By gRPC:            ${grpcUrl}
  Try it:             modelserve invoke ${url} --model-name ${name} ${kind === "huggingfaceserve" ? '--text "…"' : "--data rows.csv"}
  Its log:            ${log}`;
  console.log(json ? JSON.stringify(served) : text);
}

function detected(path: string): Kind {
  try {
    return kindOf(path);
  } catch (error) {
    return fail(error as Error);
  }
}

/** The name of the file without its ending, or of the folder. */
function nameOf(given: string): string {
  const path = resolve(given);
  const own = basename(path, existsSync(path) && statSync(path).isFile() ? extname(path) : "");
  return own.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "model";
}

/** @throws Failure with all that is wrong with the arguments, by the rules of the resource. */
function refuseBad(kind: Kind, path: string, modelName: string, { port, implementation, task }: ServeOptions): void {
  const huggingface = task && { task };
  const problems = check("model", { kind, path, modelName, port, implementation, huggingface, localExecution: true });
  const told = problems.map(({ argument, reason }) => `  ${OPTIONS[argument] ?? argument}: ${reason}`);
  if (told.length > 0) throw new Failure(`The model cannot be served:\n${told.join("\n")}`);
}

const OPTIONS: Record<string, string> = {
  kind: "--kind",
  modelName: "--name",
  port: "--port",
  implementation: "--implementation",
  huggingface: "--task",
};

/** An error of the library in the words of the command. */
function fail({ message }: Error): never {
  const flags = message
    .replaceAll("allowVersionSkew", "--allow-version-skew")
    .replaceAll("`timeoutSeconds`", "--timeout")
    .replaceAll("`requirements`", "--requirement")
    .replaceAll("`port`", "--port");
  throw new Failure(flags);
}
