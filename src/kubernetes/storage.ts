import type * as pulumi from "@pulumi/pulumi";
import type { StorageArgs } from "../clusterArgs";
import { compute } from "../lifted";
import { type EnvironmentVariable, fromSecret, plain } from "./environment";
import type { ModelSource } from "./modelSource";

/** Names of the variables in which S3 clients find their keys, and of the keys of a Secret that holds them. */
const KEYS = {
  accessKeyId: "AWS_ACCESS_KEY_ID",
  secretAccessKey: "AWS_SECRET_ACCESS_KEY",
  sessionToken: "AWS_SESSION_TOKEN",
};

/** Prefix of what the generated Secret holds for the store. */
const PREFIX = "storage.";

/** What of the access to the store goes into the generated Secret. */
export function storageSecrets(storage: StorageArgs = {}): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(KEYS).flatMap(([argument, key]) => {
      const value = storage[argument as keyof typeof KEYS];
      return value === undefined ? [] : [[`${PREFIX}${key}`, value]];
    }),
  );
}

/**
 * Configures rclone by its own variables alone (https://rclone.org/s3/). Without `ENV_AUTH` it would ignore the keys, and
 * the pod's identity, and go on without any.
 *
 * @param secretName of the generated Secret.
 */
export function storageEnvironment(storage: StorageArgs = {}, secretName: pulumi.Input<string>): EnvironmentVariable[] {
  const { endpoint, region = "us-east-1", pathStyle = endpoint !== undefined, anonymous = false } = storage;
  return [
    ...plain({
      RCLONE_CONFIG: "/dev/null",
      RCLONE_S3_PROVIDER: endpoint === undefined ? "AWS" : "Other",
      RCLONE_S3_ENV_AUTH: String(!anonymous),
      RCLONE_S3_REGION: region,
      RCLONE_S3_ENDPOINT: endpoint,
      RCLONE_S3_FORCE_PATH_STYLE: compute(pathStyle, String),
    }),
    ...keys(storage, secretName),
  ];
}

function keys(storage: StorageArgs, secretName: pulumi.Input<string>): EnvironmentVariable[] {
  if (storage.secretName !== undefined) {
    const { accessKeyId, secretAccessKey } = KEYS;
    return fromSecret(storage.secretName, { [accessKeyId]: accessKeyId, [secretAccessKey]: secretAccessKey });
  }
  const names = Object.keys(storageSecrets(storage)).map((key) => [key.slice(PREFIX.length), key]);
  return fromSecret(secretName, Object.fromEntries(names));
}

/**
 * Keeps the role of the pod's ServiceAccount, on Amazon's EKS, from all containers but the one that fetches.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html, https://github.com/aws/amazon-eks-pod-identity-webhook
 */
export function identityAnnotations({ from }: ModelSource, storage: StorageArgs = {}): Record<string, string> {
  if (from !== "store" || storage.endpoint !== undefined) return {};
  return { "eks.amazonaws.com/skip-containers": "prepare-model,server" };
}

/** Where all containers find the authorities that the user gave. */
const CA = "/mnt/ca";

export const CA_KEY = "ca.crt";

export const CA_VOLUME = { name: "ca" };

export const CA_MOUNT = { ...CA_VOLUME, mountPath: CA, readOnly: true };

/** The variables in which rclone, Python's libraries, pip and OpenSSL look for authorities. */
export const CA_ENVIRONMENT = plain(
  Object.fromEntries(
    ["RCLONE_CA_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "PIP_CERT"].map((name) => [
      name,
      `${CA}/${CA_KEY}`,
    ]),
  ),
);
