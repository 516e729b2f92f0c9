import * as pulumi from "@pulumi/pulumi";
import type { Lifted } from "../lifted";
import type { Ports } from "./ports";
import type { ServerProcess } from "./server";
import type { ServerInputs } from "./serverInputs";

/**
 * The provider that Pulumi stores, as text, with the resource. It only loads the installed package and delegates, so the
 * text stays the same over releases and updates always run the installed code.
 */
const provider: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) => load().check(olds, news),
  diff: (id, olds, news) => load().diff(id, olds, news),
  create: (inputs) => load().create(inputs),
  read: (id, props) => load().read(id, props),
  update: (id, olds, news) => load().update(id, olds, news),
  delete: (id, props) => load().delete(id, props),
};

function load() {
  try {
    return require("modelserve/local/server");
  } catch (error) {
    const [reason] = String(error).split("\n");
    const message = `The package "modelserve" cannot be loaded from ${process.cwd()}, but this resource needs it, also to be deleted: run "npm install modelserve" there, and remove the package after the resource. (${reason})`;
    // The SDK prints an error's text and stack before the message.
    throw Object.assign(new Error(message), { stack: "its error is below.", toString: () => "The package is missing" });
  }
}

/** An MLServer process on the machine on which Pulumi runs. */
export class LocalServer extends pulumi.dynamic.Resource {
  declare readonly modelDigest: pulumi.Output<string>;
  declare readonly settingsDigest: pulumi.Output<string>;
  declare readonly ports: pulumi.Output<Ports>;
  declare readonly state: pulumi.Output<string>;
  declare readonly process: pulumi.Output<ServerProcess | undefined>;

  constructor(
    name: string,
    inputs: { [K in keyof ServerInputs]: Lifted<ServerInputs[K]> },
    opts?: pulumi.CustomResourceOptions,
  ) {
    const found = {
      modelDigest: undefined,
      settingsDigest: undefined,
      requirements: undefined,
      ports: undefined,
      machine: undefined,
      restart: undefined,
    };
    const made = { state: undefined, process: undefined };
    // A replacement has the same record, so the old server must be gone before.
    const options = { deleteBeforeReplace: true, ...opts };
    super(provider, name, { ...inputs, ...found, ...made }, options, "modelserve", "LocalServer");
  }
}
