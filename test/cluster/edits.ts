import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An edit of a program or of its files, and what its preview must show, beside the component's own inputs. */
export type Edit = [what: string, edit: string | ((folder: string) => void), shows: string[]];

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
  ["the model's content", (folder) => appendFileSync(join(folder, "model.pkl"), "."), []],
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
  ["kind", "Object.assign(args, { kind: 'mlflowserve', path: 'pvc://models/iris' })", []],
  ["path", "args.path = 's3://models/iris'", []],
  ["modelName", "args.modelName = 'flowers'", []],
  ["modelVersion", "args.modelVersion = '7'", []],
  ["image", "args.image = 'registry.example.org/mlserver:1'", []],
  ["imageRegistry", "args.imageRegistry = 'registry.example.org'", []],
  ["imagePullSecrets", "args.imagePullSecrets = ['registry']", []],
  ["project", "args.project = 'botany'", []],
  ["uuid", "args.uuid = '3f0e8a52-6f0b-4c8e-9a43-2b1f8a1e5d10'", []],
  ["description", "args.description = 'Classifies flowers.'", []],
  ["labels", "args.labels = { team: 'botany' }", []],
  ["embedded", "args.embedded = false", []],
  ["nodeSelector", "args.nodeSelector = { zone: 'a' }", []],
  ["volumes", "args.volumes = [{ name: 'x', mountPath: '/x', emptyDir: {} }]", []],
  ["resources", "args.resources = { requests: { cpu: '1500m' } }", []],
  ["affinity", "args.affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } }", []],
  ["tolerations", "args.tolerations = [{ key: 'models', operator: 'Exists' }]", []],
  [
    "topologySpreadConstraints",
    "args.topologySpreadConstraints = [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }]",
    [],
  ],
  ["envs", "args.envs = [{ name: 'A', value: 'b' }]", []],
  ["a secret among envs", "args.envs = [{ name: 'A', value: pulumi.secret('b') }]", []],
  ["secrets", "args.secrets = ['existing']", []],
  ["a new secretEnv", "args.secretEnvs.OTHER = 'one'", []],
  ["the value of a secretEnv", "args.secretEnvs.TOKEN = 'two'", []],
  ["the name of a profile", "args.profile = 'large'", []],
  ["the content of a profile", "args.profiles.small.resources.requests.memory = '700Mi'", []],
  ["profiles that are not used", "args.profiles.other = {}", []],
  ["replicas", "args.replicas = 2", []],
  ["replicas that are left out", "delete args.replicas", []],
  ["autoscaling", "args.autoscaling = { maxReplicas: 3 }", []],
  ["disruptionBudget", "args.disruptionBudget = { maxUnavailable: '1' }", []],
  ["networkPolicy", "args.networkPolicy = {}", []],
  ["serviceType", "args.serviceType = 'NodePort'", []],
  ["nodeHost", "Object.assign(args, { serviceType: 'NodePort', nodeHost: 'node' })", []],
  ["serviceName", "args.serviceName = 'flowers'", []],
  ["serviceAccountName", "args.serviceAccountName = 'models'", []],
  ["assignIds", "args.assignIds = false", []],
  ["podSecurityContext", "args.podSecurityContext = { supplementalGroups: [2000] }", []],
  ["securityContext", "args.securityContext = { seccompProfile: { type: 'RuntimeDefault' } }", []],
  ["priorityClassName", "args.priorityClassName = 'system-cluster-critical'", []],
  ["runtimeClassName", "args.runtimeClassName = 'nvidia'", []],
  ["podAnnotations", "args.podAnnotations = { contact: 'botanists' }", []],
  ["podLabels", "args.podLabels = { tier: 'gold' }", []],
  ["rollout", "args.rollout = 'replace-in-place'", []],
  ["modelSize", "args.modelSize = '4Gi'", []],
  ["proxy", "args.proxy = { httpsProxy: 'http://proxy:3128' }", []],
  ["caCertificate", "args.storage = { caCertificate: '-----BEGIN CERTIFICATE-----' }", []],
  ["allowVersionSkew", "args.allowVersionSkew = true", []],
  ["serverSettings", "args.serverSettings = { parallel_workers: 1 }", []],
  ["a little more timeoutSeconds", "args.timeoutSeconds = 599", []],
  ["much more timeoutSeconds", "args.timeoutSeconds = 1000", []],
  ["requestTimeoutSeconds", "args.requestTimeoutSeconds = 60", []],
  ["drainSeconds", "args.drainSeconds = 30", []],
  ["namespace", "args.namespace = 'default'", []],
];

/** Of a model that is fetched from an object store. */
export const EDITS_OF_STORE: Edit[] = [
  ["the path", "args.path = 's3://models/iris/other.pkl'", []],
  ["modelVersion", "args.modelVersion = '8'", []],
  ["the region", "args.storage.region = 'eu-south-1'", []],
  ["the value of a key", "args.storage.secretAccessKey = 'another'", []],
  ["the access key", "args.storage.accessKeyId = 'ANOTHER'", []],
  ["keys of an existing Secret", "args.storage = { endpoint: args.storage.endpoint, secretName: 'keys' }", []],
  ["anonymous requests", "args.storage = { endpoint: args.storage.endpoint, anonymous: true }", []],
  ["the endpoint", "args.storage.endpoint = 'https://store.example.org'", []],
  ["path style", "args.storage.pathStyle = false", []],
  ["fetchImage", "args.fetchImage = 'registry.example.org/rclone:1'", []],
  ["fetchResources", "args.fetchResources = { requests: { cpu: '1' } }", []],
  ["autoscaling that is switched off", "", []],
];
