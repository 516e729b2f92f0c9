import { parseAllDocuments } from "yaml";
import type { EnvVar, ModelServeArgs } from "../args";
import type { ServiceType } from "../clusterArgs";
import { formOf, isGroup, isKind, show } from "../rules";
import { Kind } from "../serving/kind";
import { leaveCluster, onCluster } from "./cluster";
import {
  type DigitalHubDefinition,
  type DigitalHubDefinitions,
  definitionsIn,
  type Entity,
  type Unused,
} from "./entities";
import { type ConversionNote, Fields, type Findings, isEmpty, textOf } from "./fields";
import { huggingfaceOptions } from "./huggingface";
import { labels, numbered, resourceName, uuid } from "./names";
import { modelPath } from "./path";

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
    return { name, args: modelArgs(definition, options, { notes, problem }), notes };
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

function modelArgs(
  { function: fn, task, run }: DigitalHubDefinition,
  options: ConversionOptions,
  findings: Findings,
): ModelServeArgs {
  const { kind } = fn;
  if (!isKind(kind)) {
    findings.problem("function.kind", `${show(kind)} serves no model here.`);
    return {} as ModelServeArgs;
  }
  const entity = new Fields({ ...fn }, "function", findings);
  const spec = entity.part("spec");
  const own = specOf("run", run, findings);
  const tasks = specOf("task", task, findings);
  const serving = new Fields({ ...tasks, ...own }, (field) => (field in own ? "run.spec" : "task.spec"), findings);
  for (const reference of ["function", "task", "action"]) serving.take(reference);
  const local = serving.flag("local_execution") === true;
  const args: ModelServeArgs = {
    kind,
    path: modelPath(kind, spec, serving, options.resolve),
    ...identity(entity),
    modelName: spec.text("model_name") ?? defaultName(spec),
    ...(local ? { localExecution: true } : {}),
    envs: envs(serving),
    huggingface: kind === Kind.HuggingfaceServe ? huggingfaceOptions(serving, local) : undefined,
    ...(local ? {} : onCluster(kind, { spec, serving }, { runKind: run?.kind, serviceType: options.serviceType })),
  };
  if (local) leaveCluster(spec, serving);
  spec.end();
  serving.end();
  for (const [place, record] of Object.entries({ task, run })) {
    const rest = new Fields({ ...record }, place, findings);
    for (const name of ["kind", "name", "project", "spec"]) rest.take(name);
    leaveBookkeeping(rest);
  }
  return defined(args);
}

function specOf(place: string, { spec }: Partial<Entity> = {}, { problem }: Findings): Record<string, unknown> {
  if (spec !== undefined && spec !== null && !isGroup(spec))
    problem(`${place}.spec`, `It is ${formOf(spec)}, not a group of fields.`);
  return Object.fromEntries(Object.entries(isGroup(spec) ? spec : {}).filter(([, value]) => !isEmpty(value)));
}

function envs(serving: Fields): EnvVar[] | undefined {
  const given = serving.list<EnvVar>("envs");
  return given?.map((each) => (isGroup(each) && "value" in each ? { ...each, value: textOf(each.value) } : each)) as
    | EnvVar[]
    | undefined;
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
  const project = entity.text("project") ?? metadata.text("project");
  metadata.take("project");
  const found = {
    project,
    uuid: uuid(entity),
    description: metadata.text("description"),
    labels: labels(metadata),
    embedded: metadata.flag("embedded") ?? entity.flag("embedded"),
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
