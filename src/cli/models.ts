import { PORTS } from "../kubernetes/ports";
import type { KnownServer } from "../local/serverLook";
import type { Access } from "../readiness/cluster";
import type { Target } from "../readiness/currentRollout";
import { Failure } from "./exit";

/** A ModelServe of a stack. */
export interface Model {
  /** Name of the resource. */
  name: string;
  urn: string;
  /** Base URL of the server. */
  url?: string;
  /** Name under which it is served. */
  modelName?: string;
  /** The same from outside of the cluster. */
  externalUrl?: string;
  /** Outputs of the stack that are a URL of it, the resource, or its status. */
  stackOutputs: string[];
  /** Where it runs; nothing when it never finished being created. */
  place?: ClusterPlace | LocalPlace;
}

export interface ClusterPlace {
  on: "kubernetes";
  target: Target;
  access: Access;
  /** Whether a kubeconfig of it is in the state, encrypted. */
  encrypted: boolean;
}

export interface LocalPlace {
  on: "machine";
  server: KnownServer;
}

/** What `pulumi stack export` gives, as far as it is read. */
export interface State {
  resources?: Resource[];
}

interface Resource {
  urn: string;
  id?: string;
  type: string;
  parent?: string;
  /** Reference of the provider: its URN, `::`, and its id. */
  provider?: string;
  /** Whether a replacement has taken its place, and it is yet to be deleted. */
  delete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

const STACK = "pulumi:pulumi:Stack";
const MODEL = "modelserve:index:ModelServe";
const DEPLOYMENT = /^kubernetes:apps\/v1:Deployment$/;
const SERVICE = /^kubernetes:core\/v1:Service$/;
const READINESS = /modelserve:(index:)?Readiness$/;
const LOCAL_SERVER = /modelserve:(index:)?LocalServer$/;

/** The models in a stack's state, in its order. */
export function modelsOf({ resources = [] }: State): Model[] {
  const living = resources.filter((resource) => !resource.delete);
  const stackOutputs = Object.entries(living.find(({ type }) => type === STACK)?.outputs ?? {});
  return living
    .filter(({ type }) => type === MODEL)
    .map(({ urn, outputs = {} }) => {
      const name = nameOf(urn);
      const children = living.filter(({ parent }) => parent === urn);
      const place = placeOf(children, living);
      const own = ownNames(name, place, children);
      const [url, externalUrl] = [text(outputs.url) ?? own.url, text(outputs.externalUrl)];
      const urls = [url, externalUrl, text(outputs.grpcUrl), text(outputs.metricsUrl)];
      return {
        name,
        urn,
        url,
        modelName: text(outputs.modelName) ?? own.modelName,
        externalUrl,
        stackOutputs: stackOutputs.filter(([, value]) => isAt(value, urls)).map(([output]) => output),
        place,
      };
    })
    .sort((one, other) => one.name.localeCompare(other.name)); // a state has them in the order in which they were last made
}

/** Whether a value is a URL at one of these, or has one as its `url`. */
function isAt(value: unknown, urls: (string | undefined)[]): boolean {
  const known = plain(value);
  const at = text(known) ?? text((known as { url?: unknown } | null)?.url);
  return urls.some((url) => url !== undefined && (at === url || at?.startsWith(`${url}/`)));
}

/**
 * The models of these names, URNs, or outputs of the stack; all of them when none are named.
 *
 * @throws Failure that lists what there is.
 */
export function chosen(models: Model[], names: string[]): Model[] {
  const found = names.map((name) => {
    const named = models.filter((model) => name === model.name || name === model.urn);
    const [first, ...more] =
      named.length > 0 ? named : models.filter(({ stackOutputs }) => stackOutputs.includes(name));
    if (!first) {
      const known = models.map((model) => model.name).join(", ");
      throw new Failure(`The stack has no model "${name}". ${known ? `It has ${known}.` : "It has none."}`);
    }
    if (more.length > 0) {
      const urns = [first, ...more].map(({ urn }) => `  ${urn}`).join("\n");
      throw new Failure(
        `The stack has ${more.length + 1} models "${name}". Name the one that you mean by its URN:\n${urns}`,
      );
    }
    return first;
  });
  return names.length === 0 ? models : [...new Set(found)];
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** What the children know of a model, whose own outputs an update that fails does not keep. */
function ownNames(name: string, place: Model["place"], children: Resource[]): Pick<Model, "url" | "modelName"> {
  if (place?.on === "machine") {
    const { ports, modelName } = place.server as Partial<KnownServer>; // an update that was cut off may not have written them
    return { url: ports && `http://127.0.0.1:${ports.http}`, modelName };
  }
  const service = children.find(({ type, urn }) => SERVICE.test(type) && nameOf(urn) === name);
  const { name: host, namespace = "default" } = (plain(service?.outputs?.metadata) ?? {}) as Record<string, string>;
  return host ? { url: `http://${host}.${namespace}.svc:${PORTS.http}` } : {};
}

function placeOf(children: Resource[], all: Resource[]): Model["place"] {
  const server = children.find(({ type }) => LOCAL_SERVER.test(type));
  if (server) return { on: "machine", server: plain(server.outputs) as KnownServer };
  const deployment = children.find(({ type }) => DEPLOYMENT.test(type));
  const metadata = plain(deployment?.outputs?.metadata) as
    | { name?: string; namespace?: string; uid?: string }
    | undefined;
  if (!deployment || !metadata?.name) return undefined;
  const readiness = children.find(({ type }) => READINESS.test(type));
  const provider = all.find(({ urn, id }) => `${urn}::${id}` === deployment.provider);
  const known = readiness?.outputs ?? provider?.inputs ?? {};
  return {
    on: "kubernetes",
    target: { namespace: metadata.namespace ?? "default", deployment: metadata.name, uid: metadata.uid },
    access: { kubeconfig: text(known.kubeconfig), context: text(known.context) },
    encrypted: plain(known.kubeconfig) === ENCRYPTED,
  };
}

/** Stands for what only the holder of the stack's key can read. */
const ENCRYPTED = Symbol("encrypted");

/** By which Pulumi marks a secret in a state. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A value of a state, secrets in clear as far as they were decrypted. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain);
  if (SIGNATURE in value) return "plaintext" in value ? plain(JSON.parse(String(value.plaintext))) : ENCRYPTED;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function text(value: unknown): string | undefined {
  const found = plain(value);
  return typeof found === "string" ? found : undefined;
}
