import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { ModelServeArgs } from "../src";
import { Stack } from "../test/engine/stack";
import { render } from "../test/kubernetes/render";
import { interleaved, type Row, row } from "./measure";

const COUNTS = [1, 10, 50, 100, 200];

const ARGS: ModelServeArgs = { kind: "sklearnserve", path: "s3://models/iris/model.pkl", serviceType: "ClusterIP" };

const OURS = (count: number) => `
for (let i = 0; i < ${count}; i++) new ModelServe("m" + i, ${JSON.stringify(ARGS)});`;

/**
 * The time of `pulumi preview` for new models, over that for the same objects written by hand with @pulumi/kubernetes.
 * Neither side has a cluster, so nothing but the program and Pulumi are timed.
 */
export async function previewTime(repeats: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of COUNTS) {
    const stacks = [await stackOf(OURS(count)), await stackOf(await byHand(count), "")];
    try {
      const candidates = stacks.map((stack) => ({ run: () => stack.ok("preview"), after: async () => {} }));
      const [ours = [], theirs = []] = await interleaved(repeats, candidates);
      const what = `\`pulumi preview\` of ${count} ${count === 1 ? "model" : "models"}`;
      rows.push(row(what, "the same objects by @pulumi/kubernetes", ours, theirs, count === 100 ? "aim 1.10" : ""));
    } finally {
      for (const stack of stacks) await stack.remove();
    }
  }
  return rows;
}

async function stackOf(program: string, scope?: string): Promise<Stack> {
  const stack = await new Stack("").init();
  stack.write(program, scope);
  mkdirSync(join(stack.folder, "home"), { recursive: true });
  symlinkSync(process.env.MODELSERVE_TEST_PLUGINS ?? "", join(stack.folder, "home", "plugins"));
  stack.env.KUBECONFIG = join(stack.folder, "none");
  return stack;
}

/** A program that declares each object as a user would: the Deployment takes the ConfigMap's name from its resource. */
async function byHand(count: number): Promise<string> {
  const objects = await render(ARGS, "placeholder");
  const literal = (kind: string, index = 0) => {
    const { metadata, ...rest } = objects.filter((object) => object.kind === kind)[index] ?? { metadata: undefined };
    const { name: _, ...others } = metadata ?? {};
    return JSON.stringify({ ...rest, metadata: others })
      .replaceAll('"placeholder-settings-12345678"', "settings.metadata.name")
      .replace(/"([^"]*)placeholder([^"]*)"/g, (_, before, after) => `\`${before}\${name}${after}\``);
  };
  return `
const k8s = require("@pulumi/kubernetes");
for (let i = 0; i < ${count}; i++) {
  const name = "m" + i;
  const settings = new k8s.core.v1.ConfigMap(name + "-settings", ${literal("ConfigMap")});
  new k8s.apps.v1.Deployment(name, ${literal("Deployment")});
  new k8s.core.v1.Service(name, ${literal("Service")});
  new k8s.core.v1.Service(name + "-metrics", ${literal("Service", 1)});
}`;
}
