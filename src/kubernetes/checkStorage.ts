import type { ModelServeArgs } from "../args";
import type { StorageArgs } from "../clusterArgs";
import type { HuggingfaceArgs } from "../huggingface/args";
import { isGroup } from "../huggingface/check";
import { isLater } from "../later";
import { type Problem, show } from "../rules";
import { parseModelPath } from "../source/modelPath";

/** What is wrong with the access to the model's store. */
export function checkStorage({ path, storage, fetchImage, huggingface }: ModelServeArgs): Problem[] {
  const problems = checkHub(path, huggingface);
  if (!isFetched(path)) {
    const reason = "It has no effect: only models of an object store (s3://…) are fetched. Remove it.";
    const { caCertificate, ...access } = storage ?? {}; // all containers trust the certificate, whatever the source
    const given = Object.entries(access).filter(([, value]) => value !== undefined);
    const foreign = given.map(([name]) => `storage.${name}`);
    for (const argument of [...foreign, ...(fetchImage === undefined ? [] : ["fetchImage"])])
      problems.push({ argument, reason });
  }
  return storage === undefined
    ? problems
    : [...problems, ...checkKeys(storage), ...checkSession(storage), ...checkValues(storage)];
}

/** Whether a model comes from a store; one whose path is known only later does. */
function isFetched(path: unknown): boolean {
  return isLater(path) || (typeof path === "string" && parseModelPath(path).scheme === "s3");
}

/** What is wrong with the access to the Hugging Face Hub. */
function checkHub(path: unknown, options: HuggingfaceArgs = {}): Problem[] {
  if (!isGroup(options)) return []; // which `checkHuggingface` says
  const { token, tokenSecretName, endpoint, tokenizerRevision } = options;
  const fromHub = typeof path === "string" && parseModelPath(path).scheme === "hf";
  const given = Object.entries({ token, tokenSecretName, endpoint, tokenizerRevision }).filter(
    ([, value]) => value !== undefined,
  );
  if (!fromHub)
    return given.map(([option]) => ({
      argument: `huggingface.${option}`,
      reason: "It has no effect: only a model of the Hub (hf://org/repo) has it. Remove it.",
    }));
  if (token === undefined || tokenSecretName === undefined) return [];
  return [{ argument: "huggingface.token", reason: "Only one of `token` and `tokenSecretName` can be given." }];
}

function checkKeys({ secretName, accessKeyId, secretAccessKey, sessionToken, anonymous }: StorageArgs): Problem[] {
  const inline = Object.entries({ accessKeyId, secretAccessKey, sessionToken }).filter(
    ([, value]) => value !== undefined,
  );
  const sources = [
    ...(secretName === undefined ? [] : ["`secretName`"]),
    ...(inline.length === 0 ? [] : [inline.map(([name]) => `\`${name}\``).join(" and ")]),
    ...(anonymous ? ["`anonymous`"] : []),
  ];
  if (sources.length > 1) {
    return [
      {
        argument: "storage",
        reason: `Keys come from one source, not from ${sources.join(", and from ")}. Keep one of them.`,
      },
    ];
  }
  if ((accessKeyId === undefined) === (secretAccessKey === undefined)) return [];
  const missing = accessKeyId === undefined ? "accessKeyId" : "secretAccessKey";
  return [
    { argument: `storage.${missing}`, reason: "It is missing: an access key and its secret key belong together." },
  ];
}

function checkSession({ accessKeyId, sessionToken, sessionExpires }: StorageArgs): Problem[] {
  if (sessionToken === undefined) {
    if (sessionExpires === undefined) return [];
    return [{ argument: "storage.sessionExpires", reason: "It has no effect without `sessionToken`. Remove it." }];
  }
  if (accessKeyId === undefined) {
    return [
      {
        argument: "storage.sessionToken",
        reason: "It belongs to an `accessKeyId` and a `secretAccessKey`. Give them.",
      },
    ];
  }
  if (sessionExpires === undefined) {
    return [
      {
        argument: "storage.sessionToken",
        reason:
          "Temporary keys end, and every pod that starts later, on another node or after a crash, would not get its model. Use keys that last, or a `serviceAccountName` with an identity; or accept it by giving the end in `sessionExpires`.",
      },
    ];
  }
  if (isLater(sessionExpires)) return [];
  const end = Date.parse(String(sessionExpires));
  if (Number.isNaN(end))
    return [
      {
        argument: "storage.sessionExpires",
        reason: `${show(sessionExpires)} is not a time in ISO 8601 (2026-01-31T12:00:00Z).`,
      },
    ];
  return [];
}

function isStore(endpoint: string): boolean {
  return /^https?:\/\/[^/]+\/?$/.test(endpoint) && URL.canParse(endpoint);
}

function checkValues({ endpoint, caCertificate }: StorageArgs): Problem[] {
  const problems: Problem[] = [];
  if (endpoint !== undefined && !isLater(endpoint) && !isStore(String(endpoint)))
    problems.push({
      argument: "storage.endpoint",
      reason: `${show(endpoint)} is not the URL of an object store (https://host:port, without a path). The bucket belongs into \`path\`.`,
    });
  if (
    caCertificate !== undefined &&
    !isLater(caCertificate) &&
    !String(caCertificate).includes("-----BEGIN CERTIFICATE-----")
  )
    problems.push({
      argument: "storage.caCertificate",
      reason: "It is not a certificate in PEM (-----BEGIN CERTIFICATE-----…). Give the file's content, not its name.",
    });
  return problems;
}
