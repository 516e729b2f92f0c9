import * as pulumi from "@pulumi/pulumi";
import { checkParts } from "../checkForm";
import type { KnownArgument } from "../knownArguments";
import type { Lifted } from "../lifted";
import type { Access } from "../readiness/cluster";
import { refusal } from "../refusal";
import type { Apis } from "../serving/apis";
import { NO_WAY } from "./error";
import type { CallInputs, InvocationInputs } from "./invocation";
import type { InferenceRequest } from "./protocol";
import { plainRequest } from "./tensor";

/**
 * A call of a model in a program: what to send (`json`: an inference request, or one of OpenAI's API; or `data`, or
 * `files`) and how. All values may be known later. Without `url` it goes to the model of the resource, and without
 * `modelName` to its name.
 */
export type InvokeArgs = { [K in keyof CallInputs]: Lifted<CallInputs[K]> } & {
  /** Name of the call's resource. Default: the model's name and `-invoke`; two calls of one model need names. */
  name?: string;
};

/** What a call needs to know of its model. */
export interface InvocableModel {
  /** Where the model is reached, once it serves: on this machine, or inside of its cluster. */
  callUrl: pulumi.Output<string>;
  /** The cluster through whose API server it is reached there. */
  cluster?: Lifted<Access>;
  /** Whether it is reached without a `url` of the call. */
  reachable: boolean;
  modelName: pulumi.Input<string>;
  /** Changes when another model is served. */
  model: pulumi.Input<string>;
  settingsDigest: pulumi.Input<string>;
  localServer?: pulumi.Output<string | undefined>;
  stopped: boolean;
  /** The APIs in which it answers. */
  apis: Apis;
  requestTimeoutSeconds: pulumi.Input<number>;
}

/** Loads the installed package and delegates, as the local server's provider does. */
const provider: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) => load().check(olds, news),
  diff: (id, olds, news) => load().diff(id, olds, news),
  create: (inputs) => load().create(inputs),
  update: (id, olds, news) => load().update(id, olds, news),
};

function load() {
  return require("modelserve/inference/invocation");
}

class Invocation extends pulumi.dynamic.Resource {
  declare readonly response: pulumi.Output<any>;

  constructor(name: string, inputs: Lifted<InvocationInputs>, opts: pulumi.CustomResourceOptions) {
    // How the cluster is reached is no reason to call again, and its kubeconfig nobody's business.
    const options = pulumi.mergeOptions({ additionalSecretOutputs: ["cluster"], hideDiffs: ["cluster"] }, opts);
    super(provider, name, { ...(inputs as pulumi.Inputs), response: undefined }, options, "modelserve", "Invocation");
  }
}

/** All that can be said of a call. */
const ARGUMENTS: Record<keyof InvokeArgs, KnownArgument> = {
  ...{ name: {}, url: {}, modelName: {}, json: {}, data: {}, method: {}, timeout: {}, checkMetadata: {}, verify: {} },
  ...{ files: { form: "group" }, params: { form: "group" }, headers: { form: "group" }, cookies: { form: "group" } },
  ...{ auth: { form: "group" }, cert: { form: "group" }, proxies: { form: "group" }, allowRedirects: {} },
};

/** The models that have a call without a name of its own. */
const unnamed = new WeakSet<pulumi.Resource>();

/** Declares a call of a model as a child of its resource, and gives its answer. */
export function invokeModel(
  parent: pulumi.Resource,
  resourceName: string,
  model: InvocableModel,
  args: InvokeArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Output<any> {
  const problems = checkParts("", args ?? {}, ARGUMENTS);
  if (problems.length > 0) {
    const lines = problems.map(({ argument, reason }) => `  ${argument}: ${reason}`);
    throw refusal(`ModelServe "${resourceName}" cannot be invoked:\n${lines.join("\n")}`, parent);
  }
  const { name, ...call } = args ?? {};
  if (name === undefined && unnamed.has(parent)) {
    throw refusal(
      `ModelServe "${resourceName}" is invoked twice without a name. Give the second call one: invoke({ name: "…", … }).`,
      parent,
    );
  }
  if (name === undefined) unnamed.add(parent);
  if (!model.reachable && call.url === undefined)
    throw refusal(`ModelServe "${resourceName}" cannot be invoked: url: ${NO_WAY}`, parent);
  const { modelName, model: modelDigest, settingsDigest, localServer, stopped, apis, requestTimeoutSeconds } = model;
  const inputs = {
    call: { modelName, timeout: requestTimeoutSeconds, ...call, json: plainRequest(call.json as InferenceRequest) },
    modelUrl: model.callUrl,
    cluster: model.cluster,
    modelDigest,
    settingsDigest,
    localServer,
    stopped,
    apis,
  };
  return new Invocation(name ?? `${resourceName}-invoke`, inputs, pulumi.mergeOptions({ parent }, opts)).response;
}
