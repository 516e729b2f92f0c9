import { parseAllDocuments } from "yaml";
import type { EnvVar, ModelServeArgs } from "../args";
import type { ServiceType } from "../clusterArgs";
import { isKind, show } from "../rules";
import { Kind } from "../serving/kind";
import { leaveCluster, onCluster } from "./cluster";
import { type DigitalHubDefinition, type DigitalHubDefinitions, definitionsIn, type Unused } from "./entities";
import { type ConversionNote, Fields } from "./fields";
import { huggingfaceOptions } from "./huggingface";
import { labels, numbered, resourceName, uuid } from "./names";
import { modelPath, type Report } from "./path";

/** How definitions of the platform become those of ModelServe. */
export interface ConversionOptions {
  /** Where the model of a `store://` key is, such as `s3://bucket/key`, which the platform alone knows. Default: none; such a path is a problem then. */
  resolve?: (key: string) => string | undefined;
  /** Type of the Service where a definition has none. Default: `ClusterIP` for runs of release 0.14 and later, else `NodePort`. */
  serviceType?: ServiceType;
}

/** A model to be served, from one definition. */
export interface ConvertedModel {
  /** A name for the resource: the function's, with a number where a function is served more than once. */
  name: string;
  args: ModelServeArgs;
  /** All that is not one to one. */
  notes: ConversionNote[];
}

/** What definitions became. */
export interface Conversion {
  models: ConvertedModel[];
  /** Entities that serve no model. */
  unused: Unused[];
}

/**
 * Reads function, task and run definitions of the DigitalHub platform, of releases 0.8 to 0.15, and gives the arguments of a
 * `ModelServe` for each model that they serve. No field is dropped silently: what is not taken over as it is has a note.
 *
 * @param definitions one, several, a whole project, or any of these as the text of a YAML or JSON file.
 * @throws Error with all that cannot be converted, each with its place.
 */
export function fromDigitalHub(
  definitions: DigitalHubDefinitions | string,
  options: ConversionOptions = {},
): Conversion {
  const found = definitionsIn(typeof definitions === "string" ? parseDefinitions(definitions) : definitions);
  const problems: string[] = [];
  const models = found.definitions.map((definition) => {
    const notes: ConversionNote[] = [];
    const name = resourceName(String(definition.function.name ?? "model"), notes);
    const problem = (field: string, reason: string) => problems.push(`${name}: ${field}: ${reason}`);
    return { name, args: wellFormed(() => modelArgs(definition, options, notes, problem), problem), notes };
  });
  if (problems.length > 0)
    throw new Error(`These definitions cannot be converted:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  return { models: numbered(models), unused: found.unused };
}

/**
 * The definitions in a text, of which YAML may hold several documents. JSON is YAML.
 *
 * @throws Error when it is neither, or holds no definitions.
 */
export function parseDefinitions(text: string): DigitalHubDefinitions {
  const documents = [...parseAllDocuments(text)];
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) throw new Error(`It is neither YAML nor JSON: ${broken.message.split("\n")[0]}`);
  const values = documents.flatMap((document) => document.toJS() as unknown);
  if (values.length === 0 || values.some((value) => value === null || typeof value !== "object"))
    throw new Error("It holds no definitions: expected a function, a list of entities, or a project.");
  return values as DigitalHubDefinitions;
}

/** A field of another form than the platform's cannot be read. */
function wellFormed(read: () => ModelServeArgs, problem: Report): ModelServeArgs {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    problem("spec", `A field has another form than the platform gives it (${error.message}).`);
    return {} as ModelServeArgs;
  }
}

function modelArgs(
  { function: fn, task, run }: DigitalHubDefinition,
  options: ConversionOptions,
  notes: ConversionNote[],
  problem: Report,
): ModelServeArgs {
  const { kind } = fn;
  if (!isKind(kind)) {
    problem("function.kind", `${show(kind)} serves no model here.`);
    return {} as ModelServeArgs;
  }
  const entity = new Fields({ ...fn }, "function", notes);
  const spec = entity.part("spec");
  const [own, tasks] = [{ ...run?.spec }, { ...task?.spec }];
  const serving = new Fields({ ...tasks, ...own }, (field) => (field in own ? "run.spec" : "task.spec"), notes);
  for (const reference of ["function", "task", "action"]) serving.take(reference);
  const local = serving.take<boolean>("local_execution") === true;
  const paths = { whole: spec.take<string>("path"), part: serving.take<string>("path") };
  const args: ModelServeArgs = {
    kind,
    path: modelPath(kind, paths, options.resolve, spec, problem),
    ...identity(entity),
    modelName: spec.take<string>("model_name") ?? defaultName(spec),
    ...(local ? { localExecution: true } : {}),
    envs: serving.take<EnvVar[]>("envs"),
    huggingface: kind === Kind.HuggingfaceServe ? huggingfaceOptions(serving, local) : undefined,
    ...(local
      ? {}
      : onCluster(kind, { spec, serving, notes }, { runKind: run?.kind, serviceType: options.serviceType })),
  };
  if (local) leaveCluster(spec, serving);
  spec.end();
  serving.end();
  for (const [place, record] of Object.entries({ task, run })) {
    const rest = new Fields({ ...record }, place, notes);
    for (const name of ["kind", "name", "project", "spec"]) rest.take(name);
    leaveBookkeeping(rest);
  }
  return defined(args);
}

function defaultName(spec: Fields): string {
  spec.converted(
    "model_name",
    "It is \"model\", the platform's default, so that URLs stay. Without it the resource's name is taken.",
  );
  return "model";
}

/** What a function is called, and what is said about it. */
function identity(entity: Fields): Partial<ModelServeArgs> {
  const metadata = entity.part("metadata");
  entity.take("kind");
  entity.take("key");
  const name = entity.take("name");
  if (metadata.take("name") !== undefined && name === undefined) metadata.leftOut("name", "The function has no name.");
  const project = entity.take<string>("project") ?? metadata.take<string>("project");
  metadata.take("project");
  const found = {
    project,
    uuid: uuid(entity),
    description: metadata.take<string>("description"),
    labels: labels(metadata),
    embedded: metadata.take<boolean>("embedded") ?? entity.take<boolean>("embedded"),
  };
  leaveBookkeeping(metadata);
  leaveBookkeeping(entity);
  return found;
}

/** What the platform itself writes down of an entity. */
function leaveBookkeeping(fields: Fields): void {
  fields.end("It is the platform's own record, which has no part in what is served.");
}

function defined(args: ModelServeArgs): ModelServeArgs {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined),
  ) as unknown as ModelServeArgs;
}
