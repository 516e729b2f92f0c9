import { show } from "../rules";
import { Kind } from "../serving/kind";

/** An entity of the DigitalHub platform, as its SDK writes it into YAML or JSON. */
export interface Entity {
  kind: string;
  name?: string;
  project?: string;
  id?: string;
  key?: string;
  user?: string;
  metadata?: Record<string, unknown>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** What serves one model: a function, how it was to be served, and with which parameters it was run. */
export interface DigitalHubDefinition {
  /** Of kind `sklearnserve`, `mlflowserve`, …. */
  function: Entity;
  /** Of kind `sklearnserve+serve`, …. Default: a task without parameters. */
  task?: Entity;
  /** Of kind `sklearnserve+run` or, since release 0.14, `sklearnserve+serve:run`. Default: a run without parameters. */
  run?: Entity;
}

/** All forms in which definitions are found: one, several, entities in a list as `export` writes them, or a whole project. */
export type DigitalHubDefinitions = DigitalHubDefinition | Entity | (DigitalHubDefinition | Entity)[];

/** Entities that are no part of a served model, each with why. */
export interface Unused {
  entity: Entity;
  reason: string;
}

/**
 * Puts each function together with its task and run: one definition for each run, else for each task that serves, else for
 * the function alone.
 */
export function definitionsIn(input: DigitalHubDefinitions): { definitions: DigitalHubDefinition[]; unused: Unused[] } {
  const given = [input]
    .flat()
    .flatMap((each) => (isEntity(each) && each.kind === "project" ? projectParts(each) : [each]));
  const neither = given.filter((each) => !isEntity(each) && !isEntity(each?.function));
  if (neither.length > 0)
    throw new Error(
      `${show(neither[0]).slice(0, 80)} is no definition: expected an entity with its \`kind\`, or \`{ function, task, run }\`.`,
    );
  const whole = given.filter((each): each is DigitalHubDefinition => !isEntity(each));
  const entities = given.filter(isEntity);
  const unused: Unused[] = [];
  const definitions = [...whole];
  const isFunction = ({ kind }: Entity) => !/[+:]/.test(kind);
  const isServed = (entity: Entity) => isFunction(entity) && SERVED.includes(entity.kind);
  const served = entities.filter((entity) => isServed(entity) && entity.spec !== undefined);
  for (const fn of served) {
    const tasks = entities.filter((each) => each.kind === `${fn.kind}+serve` && refersTo(each.spec?.function, fn));
    const runs = entities.filter((each) => isRunOf(fn, tasks, each));
    const taskOf = (run: Entity) => tasks.find((task) => refersTo(run.spec?.task, task)) ?? tasks[0];
    if (runs.length > 0) definitions.push(...runs.map((run) => ({ function: fn, task: taskOf(run), run })));
    else if (tasks.length > 0) definitions.push(...tasks.map((task) => ({ function: fn, task })));
    else definitions.push({ function: fn });
  }
  const used = new Set(definitions.flatMap((each) => [each.function, each.task, each.run]));
  for (const entity of entities) if (!used.has(entity)) unused.push({ entity, reason: whyUnused(entity, served) });
  return { definitions, unused };
}

const SERVED: string[] = Object.values(Kind);

function isEntity(value: DigitalHubDefinition | Entity | undefined): value is Entity {
  return typeof (value as Entity | undefined)?.kind === "string";
}

/** The functions of a project, with tasks and runs where an export has them, and what else there is. */
function projectParts({ spec }: Entity): Entity[] {
  return ["functions", "tasks", "runs", "workflows"].flatMap((part) => (spec?.[part] as Entity[] | undefined) ?? []);
}

/** Whether a reference (`sklearnserve://project/name:id`, `store://project/function/sklearnserve/name:id`, an id) means an entity. */
function refersTo(reference: unknown, { id, name, key }: Entity): boolean {
  if (typeof reference !== "string") return false;
  const last = reference.split("/").at(-1) ?? "";
  const [referredName, referredId] = last.includes(":") ? last.split(":") : [last, last];
  if (reference === key || (id !== undefined && referredId === id)) return true;
  return (
    name !== undefined && referredName === name && (id === undefined || referredId === undefined || referredId === name)
  );
}

function isRunOf(fn: Entity, tasks: Entity[], { kind, spec }: Entity): boolean {
  if (kind !== `${fn.kind}+run` && kind !== `${fn.kind}+serve:run`) return false;
  return refersTo(spec?.function, fn) || tasks.some((task) => refersTo(spec?.task, task));
}

function whyUnused({ kind, spec, metadata }: Entity, served: Entity[]): string {
  if (SERVED.includes(kind) && spec === undefined)
    return `It is a mere reference${metadata?.ref ? ` to ${metadata.ref}` : ""}: give the entity itself.`;
  const [base = kind, action] = kind.split("+");
  if (!SERVED.includes(base)) return `Kind "${kind}" serves no model here; those that do: ${SERVED.join(", ")}.`;
  if (action !== undefined && action !== "serve" && !action.endsWith("run"))
    return `Action "${action}" serves no model.`;
  return served.length === 0
    ? "Its function is not among the entities."
    : "It refers to no function among the entities.";
}
