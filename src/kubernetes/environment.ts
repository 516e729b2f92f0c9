import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";

export type EnvironmentVariable = types.input.core.v1.EnvVar;

/** The containers of a pod. */
export type ContainerName = "fetch-model" | "prepare-model" | "server";

/** Groups of environment variables. */
export interface Environment {
  /** Where programs may write, since the root file system is read-only. */
  scratch: EnvironmentVariable[];
  /** How to get out of the cluster. */
  proxy: EnvironmentVariable[];
  /** Which authorities to trust. */
  ca: EnvironmentVariable[];
  /** Where the model is stored, and the keys to it. */
  storage: EnvironmentVariable[];
  /** Where pip finds packages. */
  packageIndex: EnvironmentVariable[];
  /** Where Python finds the packages that were installed for the model. */
  packages: EnvironmentVariable[];
  /** Threads of the libraries of linear algebra. */
  threads: EnvironmentVariable[];
  /** The user's `secretEnvs`. */
  secretEnvs: EnvironmentVariable[];
  /** The user's `envs`: the last, so that they win. */
  envs: EnvironmentVariable[];
}

/** Which container gets which environment (docs/security.md has the same table). The server runs the model's code, so it gets no keys. */
export const RECIPIENTS: Record<keyof Environment, ContainerName[]> = {
  scratch: ["fetch-model", "prepare-model", "server"],
  proxy: ["fetch-model", "prepare-model", "server"],
  ca: ["fetch-model", "prepare-model", "server"],
  storage: ["fetch-model"],
  packageIndex: ["prepare-model"],
  packages: ["server"],
  threads: ["server"],
  secretEnvs: ["server"],
  envs: ["server"],
};

export function environmentOf(container: ContainerName, environment: Environment): EnvironmentVariable[] {
  const groups = Object.keys(RECIPIENTS) as (keyof Environment)[];
  const variables = groups
    .filter((group) => RECIPIENTS[group].includes(container))
    .flatMap((group) => environment[group]);
  return variables.filter(({ name }, index) => !variables.slice(index + 1).some((later) => later.name === name));
}

/** MLServer's images name folders in their own file system for these; that is read-only here. */
export const SCRATCH_VARIABLES = plain({
  HOME: "/tmp",
  HF_HOME: "/tmp/huggingface",
  NUMBA_CACHE_DIR: "/tmp/numba",
  MPLCONFIGDIR: "/tmp/matplotlib",
});

export function plain(variables: Record<string, Input<string> | undefined>): EnvironmentVariable[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** Variables whose values are keys of a Secret. */
export function fromSecret(secret: Input<string>, keys: Record<string, string>): EnvironmentVariable[] {
  return Object.entries(keys).map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } }));
}
