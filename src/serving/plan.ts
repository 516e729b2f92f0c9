import type { Flavour } from "./flavour";
import type { Kind } from "./kind";
import { mlflow } from "./mlflow";
import { sklearn } from "./sklearn";

/** The release of MLServer that is installed, or whose image is used. */
export const MLSERVER_VERSION = "1.7.1";

export const flavours: Record<Kind, Flavour> = { sklearnserve: sklearn, mlflowserve: mlflow };

/** The parts of the arguments that decide what runs, as plain values. */
export interface ServingArgs {
  kind: Kind;
  modelName: string;
  modelVersion?: string;
  serverSettings?: Record<string, unknown>;
}

/** What the model's own files told. */
export interface ArtifactFacts {
  /** Requirements of the environment that the model was saved in, as pip writes them. */
  requirements: string[];
  /** Python minor versions that can load the model, the best first; all that MLServer supports if not given. */
  pythons?: string[];
  /** Top-level Python modules that the model imports when it is loaded. */
  modules: string[];
  /** Whether loading and predicting take so little time that MLServer needs no worker process beside itself. */
  light: boolean;
}

/** What runs, independent of where: the same for a process on this machine and for a pod. */
export interface ServingPlan {
  modelName: string;
  implementation: string;
  /** Packages of the Python environment, as pip writes them. */
  requirements: string[];
  /** Python minor versions to try, the best first. */
  pythons: string[];
  /** Top-level Python modules that must be there to load the model. */
  modules: string[];
  /** MLServer's settings.json, without host and ports, which the target adds. */
  serverSettings: Record<string, unknown>;
  /** MLServer's model-settings.json, without the model's URI, which the target adds. */
  modelSettings: Record<string, unknown>;
  /** The path at which the server says whether this model, and not only the server, is ready. */
  readyPath: string;
}

/** MLServer's supported Pythons, in the order in which they are tried: the best tested one first. */
export const PYTHONS = ["3.11", "3.12", "3.10", "3.9"];

export function servingPlan(args: ServingArgs, facts: ArtifactFacts): ServingPlan {
  const { implementation, runtimePackage } = flavours[args.kind];
  return {
    modelName: args.modelName,
    implementation,
    requirements: [
      `mlserver==${MLSERVER_VERSION}`,
      `${runtimePackage}==${MLSERVER_VERSION}`,
      "uvloop<0.22", // MLServer 1.7.1 does not start its workers on later ones (SeldonIO/MLServer#2286)
      ...facts.requirements,
    ],
    pythons: facts.pythons ?? PYTHONS,
    modules: facts.modules,
    serverSettings: {
      debug: false, // on by default, it sends Python tracebacks to clients
      // One process is about twice as fast for a light model; a slow one must not keep the server from answering.
      parallel_workers: facts.light ? 0 : 1,
      ...args.serverSettings,
    },
    modelSettings: {
      name: args.modelName,
      implementation,
      parameters: args.modelVersion === undefined ? {} : { version: args.modelVersion },
    },
    readyPath: readyPath(args.modelName),
  };
}

/** The path of a model in the Open Inference Protocol, version 2. */
export function modelPath(modelName: string): string {
  return `/v2/models/${encodeURIComponent(modelName)}`;
}

/** The path at which the server says whether a model is ready. */
export function readyPath(modelName: string): string {
  return `${modelPath(modelName)}/ready`;
}
