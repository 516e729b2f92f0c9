import type { Cause } from "./cause";
import { answering, anyOf, either, fetching, hubSaying, NETWORK, preparing, readying } from "./incidentMatchers";

/** Why a model cannot be fetched from its store, or the Hugging Face Hub, and why it cannot be prepared. */
export const MODEL_CAUSES: Record<string, Cause> = {
  // Fetching
  "no-bucket": {
    persistence: "fatal",
    sees: fetching(/there is no such bucket/),
    next: "Correct `path`, or `storage.endpoint`.",
  },
  "no-object": {
    persistence: "fatal",
    sees: fetching(/^There is no object at or below/),
    next: "Correct `path`, or upload the model.",
  },
  "no-model": {
    persistence: "fatal",
    sees: hubSaying(/there is no such model, or/),
    next: "Correct `path`, or give a token that may read the model in `huggingface.token`.",
  },
  "gated-model": {
    persistence: "fatal",
    sees: hubSaying(/it is gated, and/),
    next: "Ask the Hub for access, and give the token of the account that has it in `huggingface.token`.",
  },
  "wrong-token": {
    persistence: "fatal",
    sees: hubSaying(/\S* does not know the token/),
    next: "Correct `huggingface.token`, or the Secret `huggingface.tokenSecretName`.",
  },
  "no-revision": {
    persistence: "fatal",
    sees: hubSaying(/it has no (such )?revision/),
    next: "Correct the revision in `path`, or `huggingface.tokenizerRevision`.",
  },
  "model-too-large": {
    persistence: "fatal",
    sees: fetching(/^model is .*, modelSize is/),
    next: "Set `modelSize` to more.",
  },
  "no-space": {
    persistence: "repeats",
    sees: readying(/no space (is )?left|disk quota exceeded/i),
    next: "Free the nodes' disks, or set `modelSize` to more.",
  },
  "store-denied": {
    persistence: "passes",
    sees: anyOf(answering("AccessDenied|Forbidden|AllAccessDisabled"), hubSaying(/\S* denies access/)),
    next: "Let the identity, the keys, or the token, read the model; a new role takes a minute.",
  },
  "no-keys": {
    persistence: "repeats",
    sees: fetching(/no keys were found/),
    next: "Give keys in `storage`, a `serviceAccountName` with an identity, or `storage.anonymous`.",
  },
  "wrong-keys": {
    persistence: "repeats",
    sees: answering("SignatureDoesNotMatch|InvalidAccessKeyId|InvalidToken|ExpiredToken|Unauthorized"),
    next: "Correct the keys in `storage`.",
  },
  "wrong-region": {
    persistence: "repeats",
    sees: answering("AuthorizationHeaderMalformed|PermanentRedirect|MovedPermanently"),
    next: "Set `storage.region` to the bucket's.",
  },
  "store-certificate": {
    persistence: "repeats",
    sees: fetching(/failed to verify certificate/),
    next: "Give the authority of the store, or of the Hub, in `storage.caCertificate`.",
  },
  "store-busy": {
    persistence: "passes",
    sees: anyOf(
      answering("SlowDown|TooManyRequests|InternalError|ServiceUnavailable|BadGateway|GatewayTimeout"),
      hubSaying(/\S* (gets too many requests|answers 5\d\d)/),
    ),
    next: "Wait, or see why the store, or the Hub, is busy, or down.",
  },
  "store-network": {
    persistence: "passes",
    sees: anyOf(
      fetching(either(NETWORK, /request send failed/)),
      hubSaying(/\S* cannot be reached|only \S+ of the \S+ of .* came\./),
    ),
    next: "See whether pods reach the store, or the Hub: `storage.endpoint`, `huggingface.endpoint`, `proxy`, `networkPolicy.egress`.",
  },

  // Preparing
  "unreadable-model": {
    persistence: "fatal",
    sees: preparing(/cannot be loaded: |zipfile\.BadZipFile: /),
    next: "Save the model again, and upload it whole.",
  },
  "packages-not-installed": {
    persistence: "repeats",
    sees: preparing(/cannot be installed beside/),
    next: "Correct `packageIndex`, let pods reach it, or use an image that has the packages.",
  },

  // Either
  "unfit-model": {
    persistence: "fatal",
    sees: readying(/^The model cannot be served: /),
    next: "Change the model, or use an `image` that goes with it.",
  },
  "fetch-failed": {
    persistence: "repeats",
    sees: (incident) => incident.container === "fetch-model" && incident.exitCode !== undefined,
    next: "See what fetch-model says.",
  },
  "prepare-failed": {
    persistence: "repeats",
    sees: (incident) => incident.container === "prepare-model" && incident.exitCode !== undefined,
    next: "See what prepare-model says.",
  },
};
