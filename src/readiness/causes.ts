import type { Cause } from "./cause";
import { anyOf, either, event, fetching, making, NETWORK, PULL, START, scheduling, starting } from "./incidentMatchers";
import { MODEL_CAUSES } from "./modelCauses";

export type { Cause, Persistence } from "./cause";

/**
 * Why a model does not serve, in the order in which the causes are tried: one before a more general one.
 * docs/readiness.md has the same table.
 */
export const CAUSES: Record<string, Cause> = {
  // The making of pods
  "pod-security": {
    persistence: "fatal",
    sees: making(/violates PodSecurity|unable to validate against any security context constraint/),
    next: "Take out of `podSecurityContext`, `securityContext` or `volumes` what the namespace forbids, on OpenShift by `assignIds: false`.",
  },
  quota: {
    persistence: "passes",
    sees: making(/exceeded quota/),
    next: "Ask for less in `resources`, or have the namespace's quota raised.",
  },
  "limit-range": {
    persistence: "fatal",
    sees: making(
      /((maximum|minimum) \S+ usage|max limit to request ratio) per (Container|Pod)|failed quota: .* must specify/,
    ),
    next: "Bring `resources` within the namespace's limits, and name what its quota counts.",
  },
  "service-account-missing": {
    persistence: "passes",
    sees: making(/serviceaccount .* not found/i),
    next: "Make the ServiceAccount, or correct `serviceAccountName`.",
  },
  "admission-denied": {
    persistence: "fatal",
    sees: making(/admission webhook .* denied|ValidatingAdmissionPolicy .* denied/),
    next: "Change what the cluster's policy names.",
  },
  "webhook-down": {
    persistence: "passes",
    sees: making(/failed calling webhook/),
    next: "See why the cluster's webhook does not answer.",
  },
  "pod-refused": {
    persistence: "repeats",
    sees: (incident) => incident.from === "replicaSet",
    next: "Change what Kubernetes refuses.",
  },

  // Finding a node
  "volume-pending": {
    persistence: "passes",
    sees: scheduling(/persistentvolume|persistent volumes|volume (node affinity|zone|count)|free storage|\bpvc\b/i),
    next: "See why the claim is not bound: `kubectl describe pvc`.",
  },
  unschedulable: {
    persistence: "passes",
    sees: scheduling(/(?:)/),
    next: "Ask for less, add nodes, or loosen `nodeSelector`, `affinity` and `tolerations`.",
  },
  evicted: {
    persistence: "repeats",
    sees: (incident) => incident.from === "pod" && incident.reason === "Evicted",
    next: "Give `modelSize`, and the memory and ephemeral storage in `resources`, what the pod needs.",
  },
  "pod-failed": {
    persistence: "repeats",
    sees: (incident) => incident.from === "pod",
    next: "See `kubectl describe pod`.",
  },

  // Memory, in any container
  "out-of-memory": {
    persistence: "repeats",
    sees: (incident) =>
      incident.reason === "OOMKilled" ||
      (incident.reason === "Error" && incident.exitCode === 137) ||
      starting(START, /OOM-killed/)(incident),
    next: "Raise the memory limit in `resources` (`fetchResources` for fetch-model and prepare-model).",
  },

  // Starting containers
  "invalid-image-name": {
    persistence: "fatal",
    sees: starting(/^InvalidImageName$/),
    next: "Correct `image`, `fetchImage` or `imageRegistry`.",
  },
  "image-rate-limited": {
    persistence: "passes",
    sees: starting(PULL, /toomanyrequests|429 \(?Too Many Requests|pull QPS exceeded/),
    next: "Wait, give `imagePullSecrets` of an account that may pull more, or set `imageRegistry` to a mirror.",
  },
  "image-network": {
    persistence: "passes",
    sees: starting(
      PULL,
      either(
        NETWORK,
        /failed to do request|HTTP response to HTTPS client|failed to verify certificate|registry is unavailable|: 5\d\d [A-Z]/,
      ),
    ),
    next: "See whether nodes reach the registry, and trust it, or set `imageRegistry` to one that they reach.",
  },
  "image-denied": {
    persistence: "repeats",
    sees: starting(
      PULL,
      /(access|is) denied|\bdenied(: |$)|40[13] \(?(Unauthorized|Forbidden)|unauthorized: |authorization failed|authentication required|no basic auth credentials/,
    ),
    next: "Correct the image's name, or give `imagePullSecrets` that may pull it: registries deny what does not exist, too.",
  },
  "wrong-architecture": {
    persistence: "repeats",
    sees: ({ from, message }) =>
      from === "container" && /no match for platform in manifest|exec format error/i.test(message),
    next: "Use an `image` (`fetchImage`) for the nodes' architecture, or choose nodes by `nodeSelector`.",
  },
  "image-missing": {
    persistence: "repeats",
    sees: starting(PULL, /not found|manifest unknown|name unknown|is not present with pull policy of Never/i),
    next: "Correct `image`, `fetchImage` or `imageRegistry`, or push the image.",
  },
  "image-not-pulled": {
    persistence: "passes",
    sees: starting(PULL),
    next: "See `kubectl describe pod` for what the registry, or the node, says.",
  },
  "secret-missing": {
    persistence: "passes",
    sees: starting(/^CreateContainerConfigError$/, /(^|in |sync )secret /i),
    next: "Make the Secret with that key, or correct `secrets`, `storage.secretName`, `huggingface.tokenSecretName` or `envs`.",
  },
  "configmap-missing": {
    persistence: "passes",
    sees: starting(/^CreateContainerConfigError$/, /(^|in |sync )configmap /i),
    next: "Make the ConfigMap with that key, or correct `envs`.",
  },
  "runs-as-root": {
    persistence: "fatal",
    sees: starting(/^CreateContainerConfigError$/, /^container has runAsNonRoot and image /),
    next: "Give the number of a user other than root in `podSecurityContext.runAsUser`, or in the image.",
  },
  "program-missing": {
    persistence: "fatal",
    sees: anyOf(
      starting(START, /executable file .*not found|exec: "[^"]*": (stat|permission denied)/),
      fetching(/^The image('s `python` has no huggingface_hub| has huggingface_hub )/),
    ),
    next: "Use an `image` with `python` on its PATH, and the kind's server in it (`fetchImage`: `sh` and `rclone`).",
  },
  "container-refused": {
    persistence: "repeats",
    sees: starting(START),
    next: "Change what the container runtime refuses.",
  },
  mount: {
    persistence: "passes",
    sees: event(/^Failed(Mount|AttachVolume)$/, /(?:)/),
    next: "Make what the volume names, or correct `volumes`.",
  },

  sandbox: {
    persistence: "passes",
    sees: event(/^FailedCreatePodSandBox$/, /(?:)/),
    next: "See why the node cannot give the pod a network, or correct `runtimeClassName`.",
  },

  // Fetching and preparing the model
  ...MODEL_CAUSES,

  // Serving it
  "wrong-answer": {
    persistence: "repeats",
    repeats: 2, // the first may be due to what was there when it started
    sees: (incident) =>
      incident.container === "server" && incident.message.startsWith("The sample request was answered wrong"),
    next: "Correct the model, or `smokeTest.expected`.",
  },
  "model-does-not-load": {
    persistence: "repeats",
    sees: (incident) => incident.container === "server" && incident.exitCode === 0,
    next: "Correct the model, or the packages of the `image`.",
  },
  "server-crashes": {
    persistence: "repeats",
    sees: (incident) => incident.container === "server" && incident.exitCode !== undefined,
    next: "See what the server says.",
  },
  "probe-answered-wrongly": {
    persistence: "repeats",
    sees: event(/^Unhealthy$/, /statuscode: (404|401|403|5\d\d)/),
    next: "See whether the server serves the model under `modelName`.",
  },
  "model-not-ready": {
    persistence: "passes",
    sees: event(/^Unhealthy$/, /(?:)/),
    next: "Give the model more time in `timeoutSeconds`, or see what the server says.",
  },
};

/** How often a cause that repeats must have been seen to be taken for one that stays, unless it says otherwise. */
export const REPEATS = 3;
