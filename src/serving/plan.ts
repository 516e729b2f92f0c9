import type { HuggingfaceArgs } from "../huggingface/args";
import { catboost } from "./catboost";
import { custom } from "./custom";
import type { ArtifactFacts, Flavour } from "./flavour";
import { huggingface } from "./huggingface";
import type { Kind } from "./kind";
import { lightgbm } from "./lightgbm";
import { mlflow } from "./mlflow";
import { sklearn } from "./sklearn";
import { xgboost } from "./xgboost";

/** The release of MLServer that is installed, or whose image is used. */
export const MLSERVER_VERSION = "1.7.1";

export const flavours: Record<Kind, Flavour> = {
  sklearnserve: sklearn,
  mlflowserve: mlflow,
  xgboostserve: xgboost,
  lightgbmserve: lightgbm,
  catboostserve: catboost,
  huggingfaceserve: huggingface,
  customserve: custom,
};

/** The parts of the arguments that decide what runs, as plain values. */
export interface ServingArgs {
  kind: Kind;
  modelName: string;
  modelVersion?: string;
  /** MLServer's Python class, for a kind that has none of its own. */
  implementation?: string;
  serverSettings?: Record<string, unknown>;
  /** How a Hugging Face model is loaded, its task among it. */
  huggingface?: HuggingfaceArgs;
}

/** What runs, independent of where: the same for a process on this machine and for a pod. */
export interface ServingPlan {
  modelName: string;
  implementation: string;
  /** Packages of the Python environment, as pip writes them. */
  requirements: string[];
  /** Packages that others ask for and that are not installed. */
  without: string[];
  /** Environment variables of the server, on this machine. */
  variables: Record<string, string>;
  /** Python minor versions to try, the best first. */
  pythons: string[];
  /** Top-level Python modules that must be there to load the model. */
  modules: string[];
  /** MLServer's settings.json, without host and ports, which the target adds. */
  serverSettings: Record<string, unknown>;
  /** MLServer's model-settings.json, without the model's URI, which the target adds. */
  modelSettings: Record<string, unknown>;
  /** Whether Python code in the model's folder is the server's as well. */
  ownCode: boolean;
  /** The path at which the server says whether this model, and not only the server, is ready. */
  readyPath: string;
}

/** MLServer's supported Pythons, in the order in which they are tried: the best tested one first. */
export const PYTHONS = ["3.11", "3.12", "3.10", "3.9"];

export function servingPlan(args: ServingArgs, facts: ArtifactFacts): ServingPlan {
  const {
    implementation = args.implementation ?? "",
    runtimePackage,
    ownCode = false,
    without = [],
    variables = {},
    parameters,
  } = flavours[args.kind];
  return {
    modelName: args.modelName,
    implementation,
    requirements: [
      `mlserver==${MLSERVER_VERSION}`,
      ...(runtimePackage === undefined ? [] : [`${runtimePackage}==${MLSERVER_VERSION}`]),
      "uvloop<0.22", // MLServer 1.7.1 does not start its workers on later ones (SeldonIO/MLServer#2286)
      ...facts.requirements,
    ],
    without,
    variables,
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
      parameters: {
        ...parameters?.(args),
        ...(args.modelVersion === undefined ? {} : { version: args.modelVersion }),
      },
    },
    ownCode,
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
