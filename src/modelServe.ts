import type { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "./args";
import { checkValue, type Problem } from "./check";
import { checkArguments } from "./checkArguments";
import type { ProfileArgs } from "./clusterArgs";
import { componentInputs } from "./componentInputs";
import { definition } from "./definition";
import type { Endpoints } from "./endpoints";
import { gated } from "./gate";
import { type InvokeArgs, invokeModel } from "./inference/modelInvocation";
import type { OpenAIRequest, OpenAIResponse } from "./inference/openai";
import type { InferenceResponse } from "./inference/protocol";
import { checkProfile, knownProfiles, withProfile } from "./kubernetes/profile";
import { serveOnKubernetes } from "./kubernetes/target";
import { hasLater } from "./later";
import { type Computed, compute, computeAll, outputOf } from "./lifted";
import { serveLocally } from "./local/target";
import { refusal } from "./refusal";
import type { Apis } from "./serving/apis";
import { modelApis } from "./source/huggingfaceTask";
import { inferUrl, type ModelServeStatus, openaiUrl, status } from "./status";
import { urnOf } from "./urn";

const TYPE = "modelserve:index:ModelServe";

/** Serves one machine-learning model: on Kubernetes, or with `localExecution` as an MLServer process on this machine. */
export class ModelServe extends pulumi.ComponentResource {
  /** Base URL of the server: in the cluster, such as `http://iris-1a2b3c4d.default.svc:8080`, or on this machine, such as `http://127.0.0.1:20123`. */
  public readonly url: pulumi.Output<string>;
  /** URL that takes inference requests for the model, by POST; none for a model that answers in OpenAI's API alone. */
  public readonly inferUrl: pulumi.Output<string>;
  /** Base URL of OpenAI's API, for a model that answers in it: a `huggingfaceserve` on a cluster that generates text, or vectors. */
  public readonly openaiUrl: pulumi.Output<string | undefined>;
  /** Address of the gRPC inference service; none for a `huggingfaceserve` on a cluster. */
  public readonly grpcUrl: pulumi.Output<string>;
  /** URL of the server's Prometheus metrics. */
  public readonly metricsUrl: pulumi.Output<string>;
  /** Name under which the model is served. */
  public readonly modelName: pulumi.Output<string>;
  /** SHA-256 of the model's content, in hexadecimal; none for a model that is fetched in the cluster. */
  public readonly modelDigest: pulumi.Output<string | undefined>;
  /** Base URL of the server from outside of the cluster: of a LoadBalancer, or of a NodePort together with `nodeHost`. */
  public readonly externalUrl: pulumi.Output<string | undefined>;
  /** Port of every node at which the server is reached, for a NodePort Service. */
  public readonly nodePort: pulumi.Output<number | undefined>;
  /** Name of the Service. None with `localExecution`. */
  public readonly serviceName: pulumi.Output<string | undefined>;
  /** Namespace of all objects. None with `localExecution`. */
  public readonly namespace: pulumi.Output<string | undefined>;
  /** State and addresses of the model. */
  public readonly status: pulumi.Output<ModelServeStatus>;
  /** The function as the DigitalHub platform records it, or its key when `embedded` is false. */
  public readonly definition: pulumi.Output<any>;

  /**
   * @param name of the resource, and of the model unless `modelName` is given.
   * @param args what to serve, and how; all their problems are reported at once, before anything is created.
   * @throws pulumi.ResourceError that lists what is wrong with the arguments.
   */
  constructor(name: string, args: ModelServeArgs, opts?: pulumi.ComponentResourceOptions) {
    const profiles = knownProfiles(args ?? {});
    super(TYPE, name, checked(name, args, profiles), opts);
    const modelName = publicName(name, args);
    const refuse = (problems: Problem[]) => refuseAny(name, problems);
    const urn = urnOf(this, TYPE, name, opts);
    const endpoints: Endpoints = args.localExecution
      ? serveLocally(name, args, modelName, urn, this)
      : serveOnKubernetes(name, gated(name, withProfile(args, profiles), refuse), modelName, urn, this);
    const { cluster } = endpoints;
    this.url = endpoints.url;
    const apis = modelApis(args) as Apis; // `check` asks for what tells them
    this.inferUrl = apis.v2 ? pulumi.output(computeAll({ url: this.url, modelName }, inferUrl)) : NONE;
    this.openaiUrl = outputOf<string | undefined>(apis.openai ? compute(this.url, openaiUrl) : undefined);
    this.grpcUrl = endpoints.grpcUrl ?? NONE;
    this.metricsUrl = endpoints.metricsUrl;
    this.modelName = outputOf(modelName);
    this.modelDigest = outputOf<string | undefined>(endpoints.modelDigest);
    this.externalUrl = outputOf<string | undefined>(cluster?.externalUrl);
    this.nodePort = outputOf<number | undefined>(cluster?.nodePort);
    this.serviceName = outputOf<string | undefined>(cluster?.serviceName);
    this.namespace = outputOf<string | undefined>(cluster?.namespace);
    this.status = pulumi.output(
      computeAll({ state: endpoints.state, url: this.url, modelName }, (known) => status(known, apis)),
    );
    const record = definition(name, args);
    this.definition = outputOf(record);
    const { requestTimeoutSeconds = 30 } = args;
    facts.set(this, { resourceName: name, endpoints, modelName, apis, requestTimeoutSeconds });
    this.registerOutputs({
      url: this.url,
      inferUrl: this.inferUrl,
      openaiUrl: this.openaiUrl,
      grpcUrl: this.grpcUrl,
      metricsUrl: this.metricsUrl,
      modelName,
      modelDigest: endpoints.modelDigest,
      externalUrl: cluster?.externalUrl,
      nodePort: cluster?.nodePort,
      serviceName: cluster?.serviceName,
      namespace: cluster?.namespace,
      status: this.status,
      definition: record,
    });
  }

  /**
   * Calls the model in every update that changes the model, its settings or the call; no other update calls it. The call
   * is a child resource, so its answer is in the state: mark it secret by `additionalSecretOutputs: ["response"]` if need be.
   *
   * A model in a cluster is called through the API server, by the kubeconfig with which an update waits for it
   * (`readiness`), or at `url`.
   *
   * @returns the inference response, or OpenAI's to a request of that; unknown in previews in which the call would be made.
   * @throws pulumi.ResourceError for a second call of the same model without a `name`, and for one without `url` of a model in
   *   a cluster to which there is no such kubeconfig.
   */
  invoke(
    args: InvokeArgs & { json: OpenAIRequest },
    opts?: pulumi.CustomResourceOptions,
  ): pulumi.Output<OpenAIResponse>;
  invoke(args: InvokeArgs, opts?: pulumi.CustomResourceOptions): pulumi.Output<InferenceResponse>;
  invoke(args: InvokeArgs, opts?: pulumi.CustomResourceOptions): pulumi.Output<any> {
    const { resourceName, endpoints, ...model } = facts.get(this) as Facts;
    const { cluster, ...called } = endpoints;
    const way = {
      callUrl: called.callUrl(),
      cluster: cluster?.access,
      reachable: !cluster || cluster.access !== undefined,
    };
    return invokeModel(this, resourceName, { ...called, ...way, ...model }, args, opts);
  }

  /** The Deployment, on a cluster. */
  get deployment(): Deployment | undefined {
    return facts.get(this)?.endpoints.cluster?.deployment;
  }

  /** The Service that takes requests, on a cluster. */
  get service(): Service | undefined {
    return facts.get(this)?.endpoints.cluster?.service;
  }
}

interface Facts {
  resourceName: string;
  endpoints: Endpoints;
  modelName: Computed<string>;
  apis: Apis;
  requestTimeoutSeconds: pulumi.Input<number>;
}

/** Kept beside the class: Pulumi's analyser would take fields, private ones too, for outputs. */
const facts = new WeakMap<ModelServe, Facts>();

/** The arguments, unless something is wrong with them. */
function checked(name: string, args: ModelServeArgs, profiles: Record<string, ProfileArgs>): pulumi.Inputs {
  const problems = checkArguments(name, args ?? {}, profiles, (sound) => withProfile(sound, profiles));
  refuseAny(name, [...checkProfile(args?.profile, profiles), ...problems]);
  return componentInputs(args);
}

function report(name: string, problems: Problem[]): string {
  const lines = problems.map(({ argument, reason }) => `  ${argument}: ${reason}`);
  return `ModelServe "${name}" has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${lines.join("\n")}`;
}

/** The model's name once it is known and found good, and no argument is secret that ends up where all can read it. */
function publicName(
  name: string,
  { modelName, modelVersion, serverSettings, huggingface }: ModelServeArgs,
): Computed<string> {
  const options = huggingface?.args;
  if (!hasLater({ modelName, modelVersion, serverSettings, options })) return (modelName as string | undefined) ?? name;
  const output = pulumi.output(modelName ?? name);
  const refuseSecrets = Promise.all([
    secretProblem("modelName", output, "it is part of every URL"),
    secretProblem("modelVersion", modelVersion, "it is part of every answer"),
    secretProblem(
      "serverSettings",
      serverSettings,
      "a digest of them is in the preview. Hand the secret to the server by `envs`",
    ),
    secretProblem(
      "huggingface.args",
      options,
      "they are in the pod's command. Hand the secret to the server by `secretEnvs`",
    ),
  ]).then((problems) => refuseAny(name, problems.flat()));
  return pulumi.all([output, refuseSecrets]).apply(([value]) => {
    refuseAny(name, checkValue("modelName", value));
    return value;
  });
}

async function secretProblem(argument: string, value: pulumi.Input<unknown>, why: string): Promise<Problem[]> {
  if (!(await pulumi.isSecret(pulumi.output(value)))) return [];
  return [{ argument, reason: `It is a secret, but ${why}. Use a value that may be seen.` }];
}

function refuseAny(name: string, problems: Problem[]): void {
  if (problems.length > 0) throw refusal(report(name, problems));
}

/** For what a model does not have. Programs that give it on get nothing there. */
const NONE = outputOf<string>(undefined);
