import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Stack } from "../engine/stack";

const execute = promisify(execFile);

/** Address of the node, at which its ports are reached from here, and of this machine, as pods reach it. */
export const NODE = process.env.MODELSERVE_TEST_NODE ?? "";
export const HOST = process.env.MODELSERVE_TEST_HOST ?? "";

export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await execute("kubectl", args, { maxBuffer: 64 * 2 ** 20 });
  return stdout;
}

/** Makes an object, as it is. */
export async function apply(object: unknown): Promise<void> {
  const child = execute("kubectl", ["apply", "--filename", "-"]);
  child.child.stdin?.end(JSON.stringify(object));
  await child;
}

/** Where the node, which sees this machine's files, keeps the volumes of tests. */
export const VOLUMES = join(tmpdir(), "modelserve-volumes");

/** A Pulumi project that serves models in a namespace of its own, in which Pod Security `restricted` is enforced. */
export class ClusterStack extends Stack {
  readonly namespace = `test-${randomBytes(4).toString("hex")}`;

  private readonly volumes: string[] = [];

  override async init(): Promise<this> {
    mkdirSync(join(this.folder, "home"), { recursive: true });
    symlinkSync(process.env.MODELSERVE_TEST_PLUGINS ?? "", join(this.folder, "home", "plugins"));
    await kubectl("create", "namespace", this.namespace);
    await kubectl("label", "namespace", this.namespace, "pod-security.kubernetes.io/enforce=restricted");
    this.env.TEST_NAMESPACE = this.namespace;
    return super.init();
  }

  /** Objects of the namespace, as the cluster has them. */
  async objects(kind: string): Promise<any[]> {
    return JSON.parse(await kubectl("--namespace", this.namespace, "get", kind, "--output", "json")).items;
  }

  async only(kind: string): Promise<any> {
    const [only, ...more] = await this.objects(kind);
    if (!only || more.length > 0) throw new Error(`${more.length + 1} objects of kind ${kind} in ${this.namespace}`);
    return only;
  }

  /** The waiter's resource, as the stack's state has it. */
  async readiness(): Promise<any> {
    const { resources } = JSON.parse(await this.ok("stack", "export")).deployment;
    return resources?.find(({ type }: { type: string }) => type.endsWith("modelserve:Readiness"));
  }

  /** Pods that are not ending. */
  async pods(): Promise<any[]> {
    return (await this.objects("pods")).filter(({ metadata }) => !metadata.deletionTimestamp);
  }

  /** A volume on the node and a claim for it, or only the volume when a pod claims it itself. */
  async volume(claim: string | undefined, name: string): Promise<void> {
    const spec = {
      capacity: { storage: "1Mi" },
      accessModes: ["ReadWriteOnce", "ReadOnlyMany"],
      storageClassName: "",
      hostPath: { path: `${VOLUMES}/${name}` },
    };
    await apply({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name }, spec });
    mkdirSync(join(VOLUMES, name), { recursive: true });
    chmodSync(join(VOLUMES, name), 0o777);
    this.volumes.push(name);
    if (claim === undefined) return;
    const { namespace } = this;
    const claimSpec = {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "",
      volumeName: name,
      resources: { requests: { storage: "1Mi" } },
    };
    const metadata = { name: claim, namespace };
    await apply({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: claimSpec });
  }

  override async remove(): Promise<void> {
    await super.remove();
    await kubectl("delete", "namespace", this.namespace, "--wait=false");
    if (this.volumes.length > 0) await kubectl("delete", "persistentvolume", ...this.volumes, "--wait=false");
    for (const name of this.volumes) rmSync(join(VOLUMES, name), { recursive: true, force: true });
  }
}
