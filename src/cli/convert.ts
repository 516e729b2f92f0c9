import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { stringify } from "yaml";
import { checkArguments } from "../checkArguments";
import type { DigitalHubDefinitions } from "../digitalhub/entities";
import { noteLines } from "../digitalhub/fields";
import { type Conversion, fromDigitalHub, parseDefinitions } from "../digitalhub/fromDigitalHub";
import { EXIT, Failure } from "./exit";
import { note } from "./logLines";

const MORE = `
Exit codes: 0 converted, 1 an error, or something that cannot be converted.

Examples:
  modelserve convert functions-iris.yaml
  modelserve convert projects-medicine.yaml --resolve store://medicine/model/mlflow/diabetes:1=s3://models/diabetes/ > index.ts
  modelserve convert project.json --yaml -o Pulumi.yaml
  modelserve convert project.json --json | jq '.models[].notes'`;

interface ConvertOptions {
  yaml?: boolean;
  json?: boolean;
  output?: string;
  resolve?: Map<string, string>;
}

/** `modelserve convert`: definitions of the DigitalHub platform to a Pulumi program. */
export function convertCommand(): Command {
  return new Command("convert")
    .summary("makes a Pulumi program of DigitalHub definitions")
    .description(
      "Makes a Pulumi program of functions, tasks and runs of the DigitalHub platform, as its SDK exports them.",
    )
    .argument("<files...>", "YAML or JSON files with definitions, or - for standard input")
    .addOption(new Option("--yaml", "write a Pulumi YAML program instead of TypeScript").conflicts("json"))
    .option("--json", "print arguments and notes as data")
    .option("-o, --output <file>", "write to a file, which must not be there")
    .option("--resolve <key=path>", "where the model of a store:// key is; can be given several times", resolved)
    .addHelpText("after", MORE)
    .action(convert);
}

function convert(files: string[], options: ConvertOptions): void {
  if (options.output !== undefined && existsSync(options.output))
    throw new Failure(`--output "${options.output}": it is there already. Name another file, or remove it.`);
  const definitions = files.flatMap(definitionsOf);
  const conversion = converted(definitions as DigitalHubDefinitions, options);
  const text = options.json
    ? JSON.stringify(conversion, null, 2)
    : options.yaml
      ? yamlProgram(conversion)
      : program(conversion);
  if (options.output === undefined) process.stdout.write(`${text.trimEnd()}\n`);
  else write(options.output, `${text.trimEnd()}\n`);
  if (options.json) return;
  for (const { name, notes, args } of conversion.models) {
    for (const line of noteLines(notes)) note(`${name}: ${line}`);
    for (const { argument, reason } of checkArguments(name, args))
      note(`${name}: to be corrected: ${argument}: ${reason}`);
  }
  for (const { entity, reason } of conversion.unused)
    note(`${entity.name ?? entity.id ?? entity.kind}: not converted: ${reason}`);
}

function converted(definitions: DigitalHubDefinitions, { resolve }: ConvertOptions): Conversion {
  try {
    const unused = new Set(resolve?.keys());
    const conversion = fromDigitalHub(definitions, {
      resolve: (key) => {
        unused.delete(key);
        return resolve?.get(key);
      },
    });
    for (const key of unused) note(`--resolve ${key}: no path of the definitions is that key.`);
    if (conversion.models.length > 0) return conversion;
    const why = conversion.unused.map(({ entity, reason }) => `\n  ${entity.name ?? entity.kind}: ${reason}`).join("");
    throw new Failure(`There is no function that serves a model.${why}`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure((error as Error).message.replaceAll("`resolve`", "`--resolve KEY=PATH`"), EXIT.failed);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`--output "${file}": ${(error as Error).message}.`);
  }
}

function definitionsOf(file: string): DigitalHubDefinitions {
  if (file !== "-" && !existsSync(file)) throw new Failure(`"${file}": there is no such file.`);
  try {
    return parseDefinitions(readFileSync(file === "-" ? process.stdin.fd : file, "utf8"));
  } catch (error) {
    throw new Failure(`"${file}": ${(error as Error).message}`);
  }
}

function resolved(text: string, all = new Map<string, string>()): Map<string, string> {
  const [, key, path] = /^(store:\/\/[^=]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || path === undefined)
    throw new Failure(
      `--resolve "${text}": expected a key and a path, such as store://project/model/sklearn/iris:1=s3://models/iris/.`,
    );
  return all.set(key, path);
}

function program({ models }: Conversion): string {
  const resources = models.map(({ name, args }) => {
    return `export const ${constantOf(name)} = new ModelServe(${JSON.stringify(name)}, ${source(args)});`;
  });
  return ['import { ModelServe } from "modelserve";', ...resources].join("\n\n");
}

/** A constant's name for that of a resource. */
function constantOf(name: string): string {
  const constant = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()).replaceAll("-", "_");
  return RESERVED.has(constant) ? `${constant}Model` : constant;
}

/** https://262.ecma-international.org/#prod-ReservedWord, in modules, and what is strict. */
const RESERVED = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends
  false finally for function if implements import in instanceof interface let new null package private protected
  public return static super switch this throw true try typeof var void while with yield`.split(/\s+/),
);

/** An object as TypeScript writes it: keys without quotes where they need none. */
function source(value: unknown, indent = ""): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const more = `${indent}  `;
  if (Array.isArray(value)) return `[${value.map((each) => source(each, indent)).join(", ")}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const lines = members.map(
    ([key, member]) => `${more}${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${source(member, more)},`,
  );
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}

function yamlProgram({ models }: Conversion): string {
  const resources = models.map(({ name, args }) => [
    name,
    { type: "modelserve:ModelServe", properties: escaped(args) },
  ]);
  return stringify({ name: "models", runtime: "yaml", resources: Object.fromEntries(resources) });
}

/** Values in which Pulumi YAML finds nothing to fill in (https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/). */
function escaped(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (Array.isArray(value)) return value.map(escaped);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, escaped(each)]));
}
