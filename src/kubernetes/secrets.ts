import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { isLater } from "../later";
import { type EnvironmentVariable, fromSecret } from "./environment";
import { hubSecrets } from "./hub";
import { storageSecrets } from "./storage";

type SecretArgs = Pick<
  ModelServeArgs,
  "path" | "storage" | "huggingface" | "secretEnvs" | "envs" | "packageIndex" | "proxy"
>;

const PATH = "path";
const INDEX = "packageIndex";
const environmentKey = (name: string) => `env.${name}`;

/**
 * What the pod's Secret holds. A value that is known only later may turn out to be a secret, and is there if it does: in
 * the pod itself it would hide all that is around it, in previews and in the state.
 */
export function secretData({
  path,
  storage,
  huggingface,
  secretEnvs = {},
  envs = [],
  packageIndex,
  proxy,
}: SecretArgs): Record<string, pulumi.Input<string>> {
  const data = {
    ...storageSecrets(storage),
    ...hubSecrets(huggingface),
    ...Object.fromEntries(Object.entries(secretEnvs).map(([name, value]) => [environmentKey(name), value])),
    ...Object.fromEntries(envs.map(({ name, value }) => [environmentKey(name), whenSecret(value)])),
    ...whenSecrets(proxies(proxy)),
    ...whenSecrets({ [ENDPOINT]: huggingface?.endpoint }),
    [PATH]: whenSecret(path),
    [INDEX]: whenSecret(packageIndex),
  };
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => (value === undefined ? [] : [[key, pulumi.secret(value)]])),
  );
}

/** The variables of `secretEnvs`. */
export function secretVariables(secretEnvs: Record<string, unknown> = {}, secretName: pulumi.Input<string>) {
  return fromSecret(
    secretName,
    Object.fromEntries(Object.keys(secretEnvs).map((name) => [name, environmentKey(name)])),
  );
}

/** The variables of `envs`. */
export function openVariables(
  envs: ModelServeArgs["envs"] = [],
  secretName: pulumi.Input<string>,
): EnvironmentVariable[] {
  return envs.map(({ name, value, valueFrom }) =>
    value === undefined ? { name, valueFrom } : delicate(name, value, { name: secretName, key: environmentKey(name) }),
  );
}

/** The variables that tell `fetch-model` the path, and what it says in place of one that is a secret. */
export function pathVariables(path: pulumi.Input<string>, secretName: pulumi.Input<string>): EnvironmentVariable[] {
  const variable = delicate("MODEL_PATH", path, { name: secretName, key: PATH });
  if (!isLater(path)) return [variable];
  const isSecret = pulumi.output(pulumi.isSecret(pulumi.output(path)));
  return [variable, { name: "SHOWN_PATH", value: isSecret.apply((is) => (is ? "the secret `path`" : "")) }];
}

/** The variable that tells pip the index, whose URL may hold a password. */
export function indexVariable(index: pulumi.Input<string>, secretName: pulumi.Input<string>): EnvironmentVariable {
  return delicate("PIP_INDEX_URL", index, { name: secretName, key: INDEX });
}

/** The variables that name the ways out of the cluster, whose URLs may hold passwords. */
export function proxyVariables(proxy: ModelServeArgs["proxy"], secretName: pulumi.Input<string>) {
  return delicateVariables(proxies(proxy), secretName);
}

/** The variable that tells huggingface_hub of a mirror, whose URL may hold one as well. */
export function endpointVariable(options: ModelServeArgs["huggingface"], secretName: pulumi.Input<string>) {
  return delicateVariables({ [ENDPOINT]: options?.endpoint }, secretName);
}

const ENDPOINT = "HF_ENDPOINT";
const ownKey = (name: string) => `own.${name}`;

function proxies({ httpProxy, httpsProxy, noProxy }: ModelServeArgs["proxy"] = {}) {
  return { HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy };
}

type Values = Record<string, pulumi.Input<string> | undefined>;

function whenSecrets(values: Values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [ownKey(name), whenSecret(value)]));
}

function delicateVariables(values: Values, secretName: pulumi.Input<string>): EnvironmentVariable[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [delicate(name, value, { name: secretName, key: ownKey(name) })],
  );
}

function delicate(
  name: string,
  value: pulumi.Input<string>,
  secret: { name: pulumi.Input<string>; key: string },
): EnvironmentVariable {
  if (!isLater(value)) return { name, value };
  const isSecret = pulumi.output(pulumi.isSecret(pulumi.output(value)));
  const open = pulumi.unsecret(pulumi.output(value));
  // `undefined` leaves a field out, which the types do not know.
  return {
    name,
    value: pulumi.all([isSecret, open]).apply(([secret, text]) => (secret ? undefined : text)) as pulumi.Output<string>,
    valueFrom: isSecret.apply((is) => (is ? { secretKeyRef: secret } : undefined)) as pulumi.Output<any>,
  };
}

/** A value if it is a secret, and nothing if not; for a value that is there already nothing at all. */
function whenSecret(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  if (!isLater(value)) return undefined;
  const output = pulumi.output(value as pulumi.Input<string>);
  return pulumi
    .all([pulumi.isSecret(output), output])
    .apply(([isSecret, text]) => (isSecret ? text : undefined)) as pulumi.Output<string>;
}
