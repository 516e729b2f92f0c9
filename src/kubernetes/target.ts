import type { types } from "@pulumi/kubernetes";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { digest } from "../digest";
import type { Endpoints } from "../endpoints";
import { type Computed, compute } from "../lifted";
import { refusal } from "../refusal";
import { externalUrl, hostOf, namespaceOf, nodePort } from "./addresses";
import { localArchive, pulumiLimits, remoteSource, timesOf } from "./computed";
import { deployment } from "./deployment";
import { horizontalPodAutoscaler } from "./horizontalPodAutoscaler";
import { HUB } from "./hub";
import { annotationsOf, labelsOf, selectorOf, versionLabel } from "./labels";
import { ARCHIVE_KEY, type ModelSource } from "./modelSource";
import { networkPolicy } from "./networkPolicy";
import { pod } from "./pod";
import { budgetOf, podDisruptionBudget } from "./podDisruptionBudget";
import { podServer } from "./podServer";
import { PORTS } from "./ports";
import { scripts } from "./scripts";
import { secretData } from "./secrets";
import { metricsService, service } from "./service";
import { smokeTestData } from "./smokeTest";
import { isScaledElsewhere, NO_STOP } from "./stopped";
import { CA_KEY, identityAnnotations } from "./storage";
import { WAIT_FOR_NOTHING, waiterAccess, waitForModel } from "./waiter";
import { warnings } from "./warnings";

/** Serves the model on Kubernetes: one child resource for each object that it needs there. */
export function serveOnKubernetes(
  name: string,
  args: ModelServeArgs,
  modelName: Computed<string>,
  urn: pulumi.Input<string>,
  parent: pulumi.Resource,
): Endpoints {
  const { namespace, serviceType = "NodePort", autoscaling, stopped = false } = args;
  const selector = selectorOf(name, urn);
  const labels = labelsOf(selector, args);
  const times = timesOf(args);
  const program = podServer(args, { modelName, times });
  const local = localArchive(args);
  if (pulumi.runtime.isDryRun()) for (const text of warnings(args)) pulumi.log.warn(text, parent);

  const source = modelSource();
  const settingsName = configMap("settings", {
    data: compute(program.settings, (files) => ({ ...files, ...scripts(args.kind, source) })),
  });
  const ca = args.storage?.caCertificate;
  const caName = ca === undefined ? undefined : configMap("ca", { data: { [CA_KEY]: ca } });
  const smokeTestName =
    args.smokeTest && configMap("smoke-test", { data: smokeTestData(args.smokeTest, args.requestTimeoutSeconds) });
  const secretName = generatedSecret();
  const waiter = waiterAccess(args, parent);
  if (stopped && waiter === undefined && isScaledElsewhere(args))
    throw refusal(`ModelServe "${name}" has a problem:\n  stopped: ${NO_STOP}`, parent);
  const server = modelServer();
  const requests = requestsService();
  const metrics = new Service(`${name}-metrics`, metricsService(metadata(SKIP_AWAIT), selector, program.ports), {
    parent,
  });
  options();
  const readiness = waiter && waitForModel(name, args, waiter, { deployment: server, service: requests, urn, parent });

  const inCluster = namespaceOf(requests, namespace);
  const host = hostOf(requests, inCluster);
  const external = externalUrl(requests, args, readiness?.address);
  const served = readiness?.id ?? server.id;
  const url = host.apply((at) => `http://${at}:${PORTS.http}`);
  return {
    url,
    grpcUrl: program.ports.grpc === undefined ? undefined : host.apply((at) => `grpc://${at}:${PORTS.grpc}`),
    metricsUrl: hostOf(metrics, inCluster).apply((at) => `http://${at}:${PORTS.metrics}/metrics`),
    modelDigest: local?.digest,
    settingsDigest: program.settingsDigest,
    state: served.apply(() => (stopped ? "stopped" : "running")),
    model: local?.digest ?? compute([args.path, args.modelVersion], digest),
    callUrl: () => pulumi.all([url, served]).apply(([url]) => url), // not before the model serves
    stopped,
    cluster: {
      externalUrl: external,
      nodePort: nodePort(requests, args),
      serviceName: requests.metadata.name,
      namespace: inCluster,
      deployment: server,
      service: requests,
      access: waiter,
    },
  };

  function metadata(annotations?: Record<string, pulumi.Input<string>>, name?: pulumi.Input<string>) {
    return { name, namespace, labels, annotations };
  }

  /** Named by Pulumi and immutable: a change makes a new one beside the old, which old pods go on using. */
  function configMap(suffix: string, content: types.input.core.v1.ConfigMap): pulumi.Output<string> {
    const map = new ConfigMap(`${name}-${suffix}`, { metadata: metadata(), immutable: true, ...content }, { parent });
    return map.metadata.name;
  }

  function modelSource(): ModelSource {
    if (local === undefined) return remoteSource(args);
    // Hidden as secrets are: the digest is what a preview shows.
    const binaryData = { [ARCHIVE_KEY]: pulumi.secret(Buffer.from(local.zip).toString("base64")) };
    return { from: "archive", configMapName: configMap("model", { binaryData }) };
  }

  function generatedSecret(): pulumi.Input<string> {
    const stringData = secretData(args);
    if (Object.keys(stringData).length === 0) return "";
    const secret = new Secret(`${name}-secrets`, { metadata: metadata(), immutable: true, stringData }, { parent });
    return secret.metadata.name;
  }

  function modelServer(): Deployment {
    const version = versionLabel(args);
    const template = {
      metadata: {
        labels: { ...args.podLabels, ...labels, ...version },
        annotations: {
          ...identityAnnotations(source, args.storage),
          ...args.podAnnotations,
          ...(local ? { "modelserve/model-digest": local.digest } : {}),
          "modelserve/settings-digest": program.settingsDigest,
        },
      },
      spec: pod(args, { program, source, modelName, times, settingsName, smokeTestName, secretName, caName }),
    };
    const limits = pulumiLimits(args);
    const waitFor = waiter === undefined ? {} : WAIT_FOR_NOTHING;
    const described = metadata({ ...annotationsOf(args), ...limits.annotations, ...FORCE, ...waitFor });
    const replicas = stopped ? 0 : (args.replicas ?? autoscaling?.minReplicas);
    const { rollout = "surge-first" } = args;
    const inputs = deployment({
      metadata: { ...described, labels: { ...labels, ...version } },
      selector,
      replicas,
      rollout,
      times,
      template,
    });
    // Who scales by hand, or by an autoscaler, is not overruled.
    const ignoreChanges = isScaledElsewhere(args) ? ["spec.replicas"] : [];
    return new Deployment(name, inputs, { parent, ignoreChanges, customTimeouts: limits.customTimeouts });
  }

  function requestsService(): Service {
    const annotations = serviceType === "LoadBalancer" && waiter === undefined ? undefined : SKIP_AWAIT;
    return new Service(name, service(metadata(annotations, args.serviceName), selector, serviceType, program.ports), {
      parent,
    });
  }

  function options(): void {
    const budget = budgetOf(args);
    const endpoint = source.from === "hub" ? (args.huggingface?.endpoint ?? HUB) : args.storage?.endpoint;
    const store = { source, endpoint };
    if (budget) new PodDisruptionBudget(name, podDisruptionBudget(metadata(), selector, budget), { parent });
    if (args.networkPolicy)
      new NetworkPolicy(name, networkPolicy(metadata(), selector, args.networkPolicy, program.ports, store), {
        parent,
      });
    if (autoscaling) {
      const inputs = horizontalPodAutoscaler(metadata(), server.metadata.name, args.replicas, autoscaling);
      new HorizontalPodAutoscaler(name, inputs, { parent });
    }
  }
}

/**
 * Lets Pulumi put back what was changed past it. Without, an update that gives `replicas` fails once somebody, or an
 * autoscaler that is gone, has scaled the Deployment, since Kubernetes takes them for the owner of that field.
 */
const FORCE = { "pulumi.com/patchForce": "true" };

/** A Service has no address to wait for, unless it is a load balancer, for which the waiter waits; Pulumi would wait for its pods a second time. */
const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" };
