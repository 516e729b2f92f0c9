import { relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "./args";
import { parseModelPath } from "./source/modelPath";

/**
 * The arguments as they are kept in the state: the same from every checkout, keys as secrets, of the profiles the name of the
 * chosen one alone, since what it fills in is seen in the objects, and no kubeconfig, whose change would show as a diff.
 */
export function componentInputs({ profiles, ...args }: ModelServeArgs): pulumi.Inputs {
  const { path, storage, huggingface, secretEnvs, readiness } = args;
  return {
    ...args,
    path: portable(path),
    storage: storage && {
      ...storage,
      secretAccessKey: secret(storage.secretAccessKey),
      sessionToken: secret(storage.sessionToken),
    },
    huggingface: huggingface && { ...huggingface, token: secret(huggingface.token) },
    readiness: readiness && { ...readiness, kubeconfig: undefined },
    secretEnvs:
      secretEnvs && Object.fromEntries(Object.entries(secretEnvs).map(([name, value]) => [name, secret(value)])),
  };
}

function secret<T>(value: T | undefined) {
  return value === undefined ? undefined : pulumi.secret(value);
}

/** A local path as it is from the program's folder, which is the same in every checkout. */
export function portable(path: pulumi.Input<string>): pulumi.Input<string> {
  const parsed = typeof path === "string" ? parseModelPath(path) : undefined;
  return parsed?.scheme === "file" ? relative(process.cwd(), resolve(parsed.path)) : path;
}
