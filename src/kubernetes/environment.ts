import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";

export type EnvironmentVariable = types.input.core.v1.EnvVar;

/** The containers of a pod. */
export type ContainerName = "fetch-model" | "prepare-model" | "server";

/**
 * Groups of environment variables, in their order in a container: those that are always there first, and last those that
 * are rarely added, since a preview shows every variable behind an added one as changed.
 */
export interface Environment {
  /** Where programs may write, since the root file system is read-only. */
  scratch: EnvironmentVariable[];
  /** Threads of the libraries of linear algebra. */
  threads: EnvironmentVariable[];
  /** What the server needs. */
  program: EnvironmentVariable[];
  /** Where the model is stored, and the keys to it. */
  storage: EnvironmentVariable[];
  /** The user's `secretEnvs`. */
  secretEnvs: EnvironmentVariable[];
  /** The user's `envs`. */
  envs: EnvironmentVariable[];
  /** Where Python finds the code of the model, and the packages that were installed for it. */
  packages: EnvironmentVariable[];
  /** Where pip finds packages. */
  packageIndex: EnvironmentVariable[];
  /** How to get out of the cluster. */
  proxy: EnvironmentVariable[];
  /** Which authorities to trust. */
  ca: EnvironmentVariable[];
}

/** Which container gets which environment (docs/security.md has the same table). The server runs the model's code, so it gets no keys. */
export const RECIPIENTS: Record<keyof Environment, ContainerName[]> = {
  scratch: ["fetch-model", "prepare-model", "server"],
  threads: ["server"],
  program: ["server"],
  storage: ["fetch-model"],
  secretEnvs: ["server"],
  envs: ["server"],
  packages: ["server"],
  packageIndex: ["prepare-model"],
  proxy: ["fetch-model", "prepare-model", "server"],
  ca: ["fetch-model", "prepare-model", "server"],
};

/** The variables of a container. What the user sets stands in place of ours. */
export function environmentOf(container: ContainerName, environment: Environment): EnvironmentVariable[] {
  const groups = (Object.keys(RECIPIENTS) as (keyof Environment)[]).filter((group) =>
    RECIPIENTS[group].includes(container),
  );
  const users = new Set([...environment.secretEnvs, ...environment.envs].map(({ name }) => name));
  const isUsers = (group: keyof Environment) => group === "envs" || group === "secretEnvs";
  return groups.flatMap((group) =>
    environment[group].filter(({ name }) => container !== "server" || isUsers(group) || !users.has(name)),
  );
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
