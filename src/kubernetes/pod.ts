import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { type Computed, compute } from "../lifted";
import { mebibytes, quantity } from "../quantity";
import { flavours, readyPath } from "../serving/plan";
import { type Environment, plain, SCRATCH_VARIABLES } from "./environment";
import { hubEnvironment } from "./hub";
import { ARCHITECTURE, FETCH_IMAGE, from } from "./images";
import { type Common, fetchModel, prepareModel } from "./initContainers";
import { ENVIRONMENT, isFetched, type ModelSource, placeOf, SERVED } from "./modelSource";
import type { PodServer } from "./podServer";
import { INIT_DEFAULTS, PACKAGES, resourcesOver, SCRATCH, serverResources, threads } from "./resources";
import { fetchProgram, scriptFiles } from "./scripts";
import {
  endpointVariable,
  indexVariable,
  openVariables,
  pathVariables,
  proxyVariables,
  secretVariables,
} from "./secrets";
import { podSecurityContext, securityContext } from "./security";
import { server } from "./server";
import { smokeTestCommand, smokeTestVolume } from "./smokeTest";
import { CA_ENVIRONMENT, CA_MOUNT, CA_VOLUME, storageEnvironment } from "./storage";
import type { Times } from "./times";
import { mountsOf, volumesOf } from "./volumes";

/** The objects of the cluster, and what is computed, that the pod is made from. */
export interface PodParts {
  program: PodServer;
  source: ModelSource;
  modelName: pulumi.Input<string>;
  times: Computed<Times>;
  settingsName: pulumi.Input<string>;
  /** Name of the generated Secret; empty when there is none. */
  secretName: pulumi.Input<string>;
  /** Name of the ConfigMap with the sample request, if there is one. */
  smokeTestName?: pulumi.Input<string>;
  /** Name of the ConfigMap with the user's authorities, if there are any. */
  caName?: pulumi.Input<string>;
}

/** The pod: `fetch-model` (from a store), `prepare-model`, and the server. */
export function pod(args: ModelServeArgs, parts: PodParts): types.input.core.v1.PodSpec {
  const { program, source, times } = parts;
  const { modelSize = flavours[args.kind].modelSize ?? "2Gi" } = args;
  const common: Common = {
    environment: environment(args, parts),
    securityContext: securityContext(args.securityContext),
    mounts: [{ name: "scratch", mountPath: "/tmp" }, ...(parts.caName === undefined ? [] : [CA_MOUNT])],
  };
  const installs = args.installRequirements ?? false;
  const image = args.image ?? from(args.imageRegistry, program.image);
  const initResources = resourcesOver(INIT_DEFAULTS, args.fetchResources);
  const bytes = compute(modelSize, (size) => quantity(size) ?? 0);
  const fetch = fetchModel(common, {
    program: fetchProgram(source),
    image: source.from === "hub" ? image : (args.fetchImage ?? from(args.imageRegistry, FETCH_IMAGE)),
    resources: initResources,
    modelSize: compute(bytes, String),
  });
  const prepare = prepareModel(common, {
    image,
    module: program.module,
    layout: flavours[args.kind].layout,
    source,
    resources: initResources,
    allowVersionSkew: args.allowVersionSkew ?? false,
    installs,
  });
  return {
    ...placement(args),
    automountServiceAccountToken: false,
    enableServiceLinks: false, // a Service named mlserver-http would set MLSERVER_HTTP_PORT to a URL
    terminationGracePeriodSeconds: times.terminationGracePeriodSeconds,
    securityContext: podSecurityContext(args.assignIds ?? true, args.podSecurityContext),
    initContainers: isFetched(source) ? [fetch, prepare] : [prepare],
    containers: [
      server(common, {
        image,
        program,
        source,
        readyPath: compute(parts.modelName, readyPath),
        smokeTest: parts.smokeTestName === undefined ? undefined : smokeTestCommand(parts.modelName),
        times,
        resources: serverResources(
          args.kind,
          compute(bytes, (size) => size + SCRATCH + (installs ? PACKAGES : 0)),
          args.resources,
        ),
        envFrom: args.secrets?.map((name) => ({ secretRef: { name } })),
        mounts: [
          ...(installs ? [{ name: "environment", mountPath: ENVIRONMENT, readOnly: true }] : []),
          ...mountsOf(args.volumes),
        ],
      }),
    ],
    volumes: [
      { name: "model", emptyDir: { sizeLimit: modelSize } },
      ...(program.settingsFiles.length === 0
        ? []
        : [{ name: "settings", configMap: { name: parts.settingsName, items: items(program.settingsFiles) } }]),
      { name: "scripts", configMap: { name: parts.settingsName, items: items(scriptFiles(args.kind, source)) } },
      { name: "scratch", emptyDir: { sizeLimit: mebibytes(SCRATCH) } },
      ...placeOf(source).volumes,
      ...(installs ? [{ name: "environment", emptyDir: { sizeLimit: mebibytes(PACKAGES) } }] : []),
      ...(parts.caName === undefined ? [] : [{ ...CA_VOLUME, configMap: { name: parts.caName } }]),
      ...program.volumes,
      ...volumesOf(args.volumes),
      ...(parts.smokeTestName === undefined ? [] : [smokeTestVolume(parts.smokeTestName)]),
    ],
  };
}

/** Where the pod may run, and by whose rights. */
function placement(args: ModelServeArgs): Partial<types.input.core.v1.PodSpec> {
  const { affinity, tolerations, topologySpreadConstraints, priorityClassName, runtimeClassName } = args;
  const nodeSelector = { ...(args.image === undefined ? ARCHITECTURE : {}), ...args.nodeSelector };
  return {
    nodeSelector: Object.keys(nodeSelector).length > 0 ? nodeSelector : undefined,
    affinity,
    tolerations,
    topologySpreadConstraints,
    priorityClassName,
    runtimeClassName,
    serviceAccountName: args.serviceAccountName,
    imagePullSecrets: args.imagePullSecrets?.map((name) => ({ name })),
  };
}

function environment(args: ModelServeArgs, { program, secretName, source, caName }: PodParts): Environment {
  const thread = threads(args.kind, args.resources);
  return {
    scratch: SCRATCH_VARIABLES,
    threads: plain({ OMP_NUM_THREADS: thread, OPENBLAS_NUM_THREADS: thread, MKL_NUM_THREADS: thread }),
    program: program.variables,
    storage: isFetched(source)
      ? [...pathVariables(args.path, secretName), ...storeVariables(args, source, secretName)]
      : [],
    secretEnvs: secretVariables(args.secretEnvs, secretName),
    envs: openVariables(args.envs, secretName),
    packages: packagePath(args),
    packageIndex: args.packageIndex === undefined ? [] : [indexVariable(args.packageIndex, secretName)],
    proxy: proxyVariables(args.proxy, secretName),
    ca: caName === undefined ? [] : CA_ENVIRONMENT,
  };
}

function storeVariables(args: ModelServeArgs, source: ModelSource, secretName: pulumi.Input<string>) {
  return source.from === "hub"
    ? [...endpointVariable(args.huggingface, secretName), ...hubEnvironment(args.huggingface, secretName)]
    : storageEnvironment(args.storage, secretName);
}

/** Where Python looks beside its own packages: in the model's folder, and where packages are installed for it. */
function packagePath({ kind, installRequirements }: ModelServeArgs) {
  const folders = [
    ...(flavours[kind].ownCode ? [SERVED] : []),
    ...(installRequirements ? [`${ENVIRONMENT}/packages`] : []),
  ];
  return folders.length === 0 ? [] : plain({ PYTHONPATH: folders.join(":") });
}

function items(names: string[]) {
  return names.map((name) => ({ key: name, path: name }));
}
