import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An edit of a program or of its files, and what its preview must show, beside the component's own inputs; without paths where too much changes. */
export type Edit = [what: string, edit: string | ((folder: string) => void), shows: string[]];

const POD = "spec.template.spec";
const SERVER = `${POD}.containers[0]`;
const FIRST = `${POD}.initContainers[0]`;
const SECOND = `${POD}.initContainers[1]`;
const ANNOTATIONS = "spec.template.metadata.annotations";

/** Changes the arguments before the model is declared. */
export function edited(folder: string, edit: Edit[1]): void {
  if (typeof edit === "function") edit(folder);
  else {
    const program = join(folder, "index.js");
    writeFileSync(program, readFileSync(program, "utf8").replace("new ModelServe", `${edit};\nnew ModelServe`));
  }
}

/** Of a model that travels in a ConfigMap. */
export const EDITS_OF_FILE: Edit[] = [
  ["nothing, in another folder", "", []],
  ["the arguments in another order", "args = Object.fromEntries(Object.entries(args).reverse())", []],
  ["an absolute path", "args.path = require('path').resolve(args.path)", []],
  [
    "the model's content",
    (folder) => appendFileSync(join(folder, "model.pkl"), "."),
    [
      `replace ConfigMap iris-model: binaryData["model.zip"]`,
      `update Deployment iris: ${ANNOTATIONS}.modelserve/model-digest, ${POD}.volumes[4].configMap.name`,
    ],
  ],
  [
    "the model's name",
    (folder) => {
      renameSync(join(folder, "model.pkl"), join(folder, "other.pkl"));
      edited(folder, "args.path = './other.pkl'");
    },
    [],
  ],
  [
    "sha256",
    "args.sha256 = require('crypto').createHash('sha256').update(require('fs').readFileSync('model.pkl')).digest('hex')",
    [],
  ],
  [
    "defaults that are spelled out",
    "Object.assign(args, { timeoutSeconds: 600, requestTimeoutSeconds: 30, drainSeconds: 15, rollout: 'surge-first', assignIds: true, allowVersionSkew: false, installRequirements: false, modelSize: '2Gi', embedded: true, stopped: false, modelName: 'iris' })",
    [],
  ],
  [
    "kind",
    "Object.assign(args, { kind: 'mlflowserve', path: 'pvc://models/iris' })",
    ["delete ConfigMap iris-model", "replace ConfigMap iris-settings", "update Deployment iris"],
  ],
  [
    "path",
    "args.path = 's3://models/iris'",
    ["delete ConfigMap iris-model", "replace ConfigMap iris-settings", "update Deployment iris"],
  ],
  [
    "modelName",
    "args.modelName = 'flowers'",
    [
      `replace ConfigMap iris-settings: data["model-settings.json"]`,
      `update Deployment iris: ${ANNOTATIONS}.modelserve/settings-digest, ${SERVER}.livenessProbe.httpGet.path, ${SERVER}.readinessProbe.httpGet.path, ${SERVER}.startupProbe.httpGet.path, ${POD}.volumes[1].configMap.name, ${POD}.volumes[2].configMap.name`,
    ],
  ],
  [
    "modelVersion",
    "args.modelVersion = '7'",
    [
      `replace ConfigMap iris-settings: data["model-settings.json"]`,
      `update Deployment iris: metadata.labels["app.kubernetes.io/version"], ${ANNOTATIONS}.modelserve/settings-digest, spec.template.metadata.labels["app.kubernetes.io/version"], ${POD}.volumes[1].configMap.name, ${POD}.volumes[2].configMap.name`,
    ],
  ],
  [
    "image",
    "args.image = 'registry.example.org/mlserver:1'",
    [`update Deployment iris: ${SERVER}.image, ${FIRST}.image, ${POD}.nodeSelector`],
  ],
  [
    "imageRegistry",
    "args.imageRegistry = 'registry.example.org'",
    [`update Deployment iris: ${SERVER}.image, ${FIRST}.image`],
  ],
  ["imagePullSecrets", "args.imagePullSecrets = ['registry']", [`update Deployment iris: ${POD}.imagePullSecrets`]],
  ["project", "args.project = 'botany'", ["update Deployment iris: metadata.annotations.modelserve/project"]],
  [
    "uuid",
    "args.uuid = '3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10'",
    ["update Deployment iris: metadata.annotations.modelserve/uuid"],
  ],
  [
    "description",
    "args.description = 'Classifies flowers.'",
    ["update Deployment iris: metadata.annotations.modelserve/description"],
  ],
  [
    "labels",
    "args.labels = { team: 'botany' }",
    [
      "update ConfigMap iris-model: metadata.labels.team",
      "update ConfigMap iris-settings: metadata.labels.team",
      "update Deployment iris: metadata.labels.team, spec.template.metadata.labels.team",
      "update Secret iris-secrets: metadata.labels.team",
      "update Service iris-metrics: metadata.labels.team",
      "update Service iris: metadata.labels.team",
    ],
  ],
  ["embedded", "args.embedded = false", []],
  ["nodeSelector", "args.nodeSelector = { zone: 'a' }", [`update Deployment iris: ${POD}.nodeSelector.zone`]],
  [
    "volumes",
    "args.volumes = [{ name: 'x', mountPath: '/x', emptyDir: {} }]",
    [`update Deployment iris: ${SERVER}.volumeMounts[4], ${POD}.volumes[5]`],
  ],
  [
    "resources",
    "args.resources = { requests: { cpu: '1500m' } }",
    [
      `update Deployment iris: ${SERVER}.env[4].value, ${SERVER}.env[5].value, ${SERVER}.env[6].value, ${SERVER}.resources.requests.cpu`,
    ],
  ],
  [
    "affinity",
    "args.affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } }",
    [`update Deployment iris: ${POD}.affinity`],
  ],
  [
    "tolerations",
    "args.tolerations = [{ key: 'models', operator: 'Exists' }]",
    [`update Deployment iris: ${POD}.tolerations`],
  ],
  [
    "topologySpreadConstraints",
    "args.topologySpreadConstraints = [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }]",
    [`update Deployment iris: ${POD}.topologySpreadConstraints`],
  ],
  ["envs", "args.envs = [{ name: 'A', value: 'b' }]", [`update Deployment iris: ${SERVER}.env[8]`]],
  [
    "a secret among envs",
    "args.envs = [{ name: 'A', value: pulumi.secret('b') }]",
    [
      `replace Secret iris-secrets: data["env.A"]`,
      `update Deployment iris: ${SERVER}.env[7].valueFrom.secretKeyRef.name, ${SERVER}.env[8]`,
    ],
  ],
  ["secrets", "args.secrets = ['existing']", [`update Deployment iris: ${SERVER}.envFrom`]],
  [
    "a new secretEnv",
    "args.secretEnvs.OTHER = 'one'",
    [
      `replace Secret iris-secrets: data["env.OTHER"]`,
      `update Deployment iris: ${SERVER}.env[7].valueFrom.secretKeyRef.name, ${SERVER}.env[8]`,
    ],
  ],
  [
    "the value of a secretEnv",
    "args.secretEnvs.TOKEN = 'two'",
    [
      `replace Secret iris-secrets: data["env.TOKEN"]`,
      `update Deployment iris: ${SERVER}.env[7].valueFrom.secretKeyRef.name`,
    ],
  ],
  [
    "the name of a profile",
    "args.profile = 'large'",
    [
      `update Deployment iris: ${SERVER}.env[4].value, ${SERVER}.env[5].value, ${SERVER}.env[6].value, ${SERVER}.resources.requests.cpu`,
    ],
  ],
  [
    "the content of a profile",
    "args.profiles.small.resources.requests.memory = '700Mi'",
    [`update Deployment iris: ${SERVER}.resources.requests.memory`],
  ],
  ["profiles that are not used", "args.profiles.other = {}", []],
  ["replicas", "args.replicas = 2", ["create PodDisruptionBudget iris", "update Deployment iris: spec.replicas"]],
  ["replicas that are left out", "delete args.replicas", []],
  ["stopped", "args.stopped = true", ["update Deployment iris: spec.replicas"]],
  ["autoscaling", "args.autoscaling = { maxReplicas: 3 }", ["create HorizontalPodAutoscaler iris"]],
  ["disruptionBudget", "args.disruptionBudget = { maxUnavailable: '1' }", ["create PodDisruptionBudget iris"]],
  ["networkPolicy", "args.networkPolicy = {}", ["create NetworkPolicy iris"]],
  ["serviceType", "args.serviceType = 'NodePort'", ["update Service iris: spec.type"]],
  [
    "nodeHost",
    "Object.assign(args, { serviceType: 'NodePort', nodeHost: 'node' })",
    ["update Service iris: spec.type"],
  ],
  [
    "serviceName",
    "args.serviceName = 'flowers'",
    [`replace Service iris: metadata.annotations["pulumi.com/autonamed"], metadata.name`],
  ],
  ["serviceAccountName", "args.serviceAccountName = 'models'", [`update Deployment iris: ${POD}.serviceAccountName`]],
  [
    "assignIds",
    "args.assignIds = false",
    [
      `update Deployment iris: ${POD}.securityContext.fsGroup, ${POD}.securityContext.fsGroupChangePolicy, ${POD}.securityContext.runAsGroup, ${POD}.securityContext.runAsUser`,
    ],
  ],
  [
    "podSecurityContext",
    "args.podSecurityContext = { supplementalGroups: [2000] }",
    [`update Deployment iris: ${POD}.securityContext.supplementalGroups`],
  ],
  [
    "securityContext",
    "args.securityContext = { seccompProfile: { type: 'RuntimeDefault' } }",
    [`update Deployment iris: ${SERVER}.securityContext.seccompProfile, ${FIRST}.securityContext.seccompProfile`],
  ],
  [
    "priorityClassName",
    "args.priorityClassName = 'system-cluster-critical'",
    [`update Deployment iris: ${POD}.priorityClassName`],
  ],
  ["runtimeClassName", "args.runtimeClassName = 'nvidia'", [`update Deployment iris: ${POD}.runtimeClassName`]],
  [
    "podAnnotations",
    "args.podAnnotations = { contact: 'botanists' }",
    ["update Deployment iris: spec.template.metadata.annotations.contact"],
  ],
  ["podLabels", "args.podLabels = { tier: 'gold' }", ["update Deployment iris: spec.template.metadata.labels.tier"]],
  [
    "rollout",
    "args.rollout = 'replace-in-place'",
    ["update Deployment iris: spec.strategy.rollingUpdate.maxSurge, spec.strategy.rollingUpdate.maxUnavailable"],
  ],
  [
    "modelSize",
    "args.modelSize = '4Gi'",
    [
      `update Deployment iris: ${SERVER}.resources.limits.ephemeral-storage, ${SERVER}.resources.requests.ephemeral-storage, ${POD}.volumes[0].emptyDir.sizeLimit`,
    ],
  ],
  [
    "proxy",
    "args.proxy = { httpsProxy: 'http://proxy:3128' }",
    [`update Deployment iris: ${SERVER}.env[8], ${FIRST}.env[4]`],
  ],
  [
    "caCertificate",
    "args.storage = { caCertificate: '-----BEGIN CERTIFICATE-----' }",
    [
      "create ConfigMap iris-ca",
      `update Deployment iris: ${SERVER}.env[10], ${SERVER}.env[11], ${SERVER}.env[12], ${SERVER}.env[8], ${SERVER}.env[9], ${SERVER}.volumeMounts[4], ${FIRST}.env[4], ${FIRST}.env[5], ${FIRST}.env[6], ${FIRST}.env[7], ${FIRST}.env[8], ${FIRST}.volumeMounts[4], ${POD}.volumes[5]`,
    ],
  ],
  ["allowVersionSkew", "args.allowVersionSkew = true", [`update Deployment iris: ${FIRST}.env[4]`]],
  [
    "serverSettings",
    "args.serverSettings = { parallel_workers: 1 }",
    [
      `replace ConfigMap iris-settings: data["settings.json"]`,
      `update Deployment iris: ${ANNOTATIONS}.modelserve/settings-digest, ${POD}.volumes[1].configMap.name, ${POD}.volumes[2].configMap.name`,
    ],
  ],
  [
    "a little more timeoutSeconds",
    "args.timeoutSeconds = 599",
    ["update Deployment iris: spec.progressDeadlineSeconds"],
  ],
  [
    "much more timeoutSeconds",
    "args.timeoutSeconds = 1000",
    [`update Deployment iris: spec.progressDeadlineSeconds, ${SERVER}.startupProbe.failureThreshold`],
  ],
  [
    "requestTimeoutSeconds",
    "args.requestTimeoutSeconds = 60",
    [
      `replace ConfigMap iris-settings: data["settings.json"]`,
      `update Deployment iris: ${SERVER}.livenessProbe.failureThreshold, ${SERVER}.livenessProbe.periodSeconds, ${SERVER}.livenessProbe.timeoutSeconds, ${SERVER}.readinessProbe.timeoutSeconds, ${POD}.terminationGracePeriodSeconds, ${POD}.volumes[1].configMap.name, ${POD}.volumes[2].configMap.name`,
    ],
  ],
  [
    "smokeTest",
    "args.smokeTest = { request: { inputs: [{ name: 'x', shape: [1, 1], datatype: 'FP32', data: [1] }] } }",
    [
      "create ConfigMap iris-smoke-test",
      `update Deployment iris: ${SERVER}.startupProbe.exec, ${SERVER}.startupProbe.httpGet, ${SERVER}.startupProbe.timeoutSeconds, ${SERVER}.volumeMounts[4], ${POD}.volumes[5]`,
    ],
  ],
  [
    "drainSeconds",
    "args.drainSeconds = 30",
    [`update Deployment iris: ${SERVER}.lifecycle.preStop.exec.command[4], ${POD}.terminationGracePeriodSeconds`],
  ],
  [
    "namespace",
    "args.namespace = 'default'",
    [
      "replace ConfigMap iris-model: metadata.namespace",
      "replace ConfigMap iris-settings: metadata.namespace",
      `replace Deployment iris: metadata.namespace, ${SERVER}.env[7].valueFrom.secretKeyRef.name, ${POD}.volumes[1].configMap.name, ${POD}.volumes[2].configMap.name, ${POD}.volumes[4].configMap.name`,
      "replace Secret iris-secrets: metadata.namespace",
      "replace Service iris-metrics: metadata.namespace",
      "replace Service iris: metadata.namespace",
    ],
  ],
];

/** Of a model that is fetched from an object store. */
export const EDITS_OF_STORE: Edit[] = [
  ["the path", "args.path = 's3://models/iris/other.pkl'", [`update Deployment iris: ${FIRST}.env[4].value`]],
  [
    "modelVersion",
    "args.modelVersion = '8'",
    [
      `replace ConfigMap iris-settings: data["model-settings.json"]`,
      `update Deployment iris: metadata.labels["app.kubernetes.io/version"], ${ANNOTATIONS}.modelserve/settings-digest, spec.template.metadata.labels["app.kubernetes.io/version"], ${POD}.volumes[1].configMap.name, ${POD}.volumes[2].configMap.name`,
    ],
  ],
  ["the region", "args.storage.region = 'eu-south-1'", [`update Deployment iris: ${FIRST}.env[8].value`]],
  [
    "the value of a key",
    "args.storage.secretAccessKey = 'another'",
    [
      `replace Secret iris-secrets: data["storage.AWS_SECRET_ACCESS_KEY"]`,
      `update Deployment iris: ${FIRST}.env[11].valueFrom.secretKeyRef.name, ${FIRST}.env[12].valueFrom.secretKeyRef.name`,
    ],
  ],
  [
    "the access key",
    "args.storage.accessKeyId = 'ANOTHER'",
    [
      `replace Secret iris-secrets: data["storage.AWS_ACCESS_KEY_ID"]`,
      `update Deployment iris: ${FIRST}.env[11].valueFrom.secretKeyRef.name, ${FIRST}.env[12].valueFrom.secretKeyRef.name`,
    ],
  ],
  [
    "keys of an existing Secret",
    "args.storage = { endpoint: args.storage.endpoint, secretName: 'keys' }",
    [
      "delete Secret iris-secrets",
      `update Deployment iris: ${FIRST}.env[11].valueFrom.secretKeyRef.key, ${FIRST}.env[11].valueFrom.secretKeyRef.name, ${FIRST}.env[12].valueFrom.secretKeyRef.key, ${FIRST}.env[12].valueFrom.secretKeyRef.name`,
    ],
  ],
  [
    "anonymous requests",
    "args.storage = { endpoint: args.storage.endpoint, anonymous: true }",
    [
      "delete Secret iris-secrets",
      `update Deployment iris: ${FIRST}.env[11].name, ${FIRST}.env[11].value, ${FIRST}.env[11].valueFrom, ${FIRST}.env[12].name, ${FIRST}.env[12].value, ${FIRST}.env[12].valueFrom, ${FIRST}.env[13], ${FIRST}.env[14], ${FIRST}.env[7].value`,
    ],
  ],
  [
    "the endpoint",
    "args.storage.endpoint = 'https://store.example.org'",
    [`update Deployment iris: ${FIRST}.env[9].value`],
  ],
  ["path style", "args.storage.pathStyle = false", [`update Deployment iris: ${FIRST}.env[10].value`]],
  ["fetchImage", "args.fetchImage = 'registry.example.org/rclone:1'", [`update Deployment iris: ${FIRST}.image`]],
  [
    "fetchResources",
    "args.fetchResources = { requests: { cpu: '1' } }",
    [`update Deployment iris: ${FIRST}.resources.requests.cpu, ${SECOND}.resources.requests.cpu`],
  ],
  ["autoscaling that is switched off", "", []],
];

/** Of a Hugging Face model of the Hub. */
export const EDITS_OF_HUB: Edit[] = [
  [
    "an option of the server",
    "args.huggingface.maxLength = 8",
    [`update Deployment iris: ${ANNOTATIONS}.modelserve/settings-digest, ${SERVER}.command[8]`],
  ],
  ["an option that is false", "args.huggingface.trustRemoteCode = false", []],
  [
    "the task",
    "args.huggingface.task = 'token_classification'",
    [`update Deployment iris: ${ANNOTATIONS}.modelserve/settings-digest, ${SERVER}.command[6]`],
  ],
  ["the commit", "args.path = 'hf://acme/words@' + '1'.repeat(40)", [`update Deployment iris: ${FIRST}.env[4].value`]],
  [
    "the token",
    "args.huggingface.token = 'another'",
    [
      `replace Secret iris-secrets: data["huggingface.token"]`,
      `update Deployment iris: ${FIRST}.env[6].valueFrom.secretKeyRef.name`,
    ],
  ],
  [
    "a GPU",
    "args.resources = { limits: { 'nvidia.com/gpu': '1' } }",
    [
      `update Deployment iris: ${SERVER}.image, ${SERVER}.resources.limits["nvidia.com/gpu"], ${FIRST}.image, ${SECOND}.image`,
    ],
  ],
];
