import * as pulumi from "@pulumi/pulumi";
import type { Lifted } from "../lifted";
import type { ReadinessInputs } from "./waiter";

/** Loads the installed package and delegates, as the local server's provider does. */
const provider: pulumi.dynamic.ResourceProvider = {
  diff: (id, olds, news) => load().diff(id, olds, news),
  create: (inputs) => load().create(inputs),
  read: (id, props) => load().read(id, props),
  update: (id, olds, news) => load().update(id, olds, news),
  delete: async () => {},
};

function load() {
  return require("modelserve/readiness/waiter");
}

/** Stands for a model on a cluster that serves: is made when it does, and fails with the reason when it does not. */
export class Readiness extends pulumi.dynamic.Resource {
  declare readonly serving: pulumi.Output<boolean | "unknown">;
  declare readonly address: pulumi.Output<string | undefined>;

  constructor(
    name: string,
    inputs: { [K in keyof ReadinessInputs]: Lifted<ReadinessInputs[K]> },
    opts: pulumi.CustomResourceOptions,
  ) {
    const found = { serving: undefined, address: undefined, replicaSet: undefined, parked: undefined };
    const hideDiffs = ["component", "generation", "timeoutSeconds", "onFailure", "resumeWith"]; // they are no reasons to wait
    const options = { additionalSecretOutputs: ["kubeconfig"], hideDiffs, ...opts };
    super(provider, name, { ...(inputs as pulumi.Inputs), ...found }, options, "modelserve", "Readiness");
  }
}
