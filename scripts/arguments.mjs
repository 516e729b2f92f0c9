// `npm run docs`: writes docs/arguments.md, the table of every argument, from the doc comments of the sources.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { root } from "./root.mjs";
import { main } from "./setup.mjs";

const PAGE = join(root, "docs", "arguments.md");
const SOURCES = ["args.ts", "clusterArgs.ts", "huggingface/args.ts"].map((name) => join(root, "src", name));

/** The page's text. */
export function argumentsPage() {
  const interfaces = SOURCES.flatMap(interfacesOf);
  const [all, ...groups] = interfaces.sort(
    (a, b) => Number(b.name === "ModelServeArgs") - Number(a.name === "ModelServeArgs"),
  );
  return [
    "# Arguments",
    "",
    "Every argument of `ModelServe`, generated from the doc comments in [`src/args.ts`](../src/args.ts) and [`src/clusterArgs.ts`](../src/clusterArgs.ts) by `npm run docs`. Where it has an effect: **both** targets, a **cluster** alone, or **local** execution alone; on the other target it is an error.",
    "",
    table(["argument", "type", "where", "what it does", "default"], all.members.map(argumentRow)),
    "",
    "## Groups",
    ...groups.flatMap(({ name, about, members }) => [
      "",
      `### ${name}`,
      "",
      about,
      "",
      table(["field", "type", "what it does", "default"], members.map(fieldRow)),
    ]),
    "",
  ].join("\n");
}

function interfacesOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isInterfaceDeclaration).map((node) => ({
    name: node.name.text,
    about: comment(node),
    members: node.members.map((member) => ({
      name: member.name.getText(source),
      type: member.type.getText(source).replace(/types\.input\.\w+\.v\d\./g, ""),
      text: comment(member),
    })),
  }));
}

function comment(node) {
  return ts
    .getJSDocCommentsAndTags(node)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment))
    .join(" ")
    .replace(/\s+/g, " ");
}

function argumentRow({ name, type, text }) {
  const { what, default: standard } = parts(text);
  const where = /Only on a cluster/.test(text) ? "cluster" : /Only with `localExecution`/.test(text) ? "local" : "both";
  const rest = what.replace(/ ?Only (on a cluster|with `localExecution`)(\.|, )/g, (_, __, end) =>
    end === "." ? "" : " ",
  );
  return [`\`${name}\``, code(type), where, rest, standard];
}

function fieldRow({ name, type, text }) {
  const { what, default: standard } = parts(text);
  return [`\`${name}\``, code(type), what, standard];
}

/** What a doc comment says, and the default at its end. */
function parts(text) {
  const [what = "", standard] = text.split(/ ?Default: /);
  if (standard === undefined)
    return { what: what.replace(/ ?Required\./, ""), default: /Required\./.test(what) ? "required" : "" };
  return { what, default: standard };
}

function code(type) {
  return `\`${type.replace(/\s+/g, " ").replaceAll("|", "\\|")}\``;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.trim()).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(async () => writeFileSync(PAGE, argumentsPage()));
