import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ARGUMENTS } from "../src/knownArguments";
import { RECIPIENTS } from "../src/kubernetes/environment";
import { CAUSES } from "../src/readiness/causes";
import { ACCEPTED } from "./kubernetes/kubeScore";

const ROOT = join(__dirname, "..");
const page = (name: string) => readFileSync(join(ROOT, name), "utf8");

/** The cells of the tables of a page, row by row. */
const rows = (name: string): string[][] =>
  page(name)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

describe("the documentation", () => {
  it("has a table of every argument, which `npm run docs` writes from the sources", async () => {
    const { argumentsPage } = await import(join(ROOT, "scripts", "arguments.mjs"));
    assert.equal(page("docs/arguments.md"), argumentsPage());
  });

  it("says of every argument which target honours it, as checks do", () => {
    const table = rows("docs/arguments.md").filter((cells) => cells.length === 5);
    const said = table.slice(2).map(([argument = "", , where]) => [argument.slice(1, -1), where]);
    const where = { cluster: "cluster", localExecution: "local" };
    assert.deepEqual(
      said,
      Object.entries(ARGUMENTS).map(([argument, { only }]) => [argument, only ? where[only] : "both"]),
    );
  });

  it("has a table of every parameter of the reference, with a test that is there", async () => {
    const { parityPage } = await import(join(ROOT, "scripts", "parity.mjs"));
    assert.equal(page("docs/parity.md"), parityPage());
  });

  it("has a table of every cause why a model does not serve", () => {
    const table = rows("docs/readiness.md").filter(([, persistence = ""]) =>
      /^(fatal|repeats|passes)$/.test(persistence),
    );
    const causes = Object.entries(CAUSES).map(([name, { persistence, next }]) => [`\`${name}\``, persistence, next]);
    assert.deepEqual(table, causes);
  });

  it("says which container gets which environment", () => {
    const table = rows("docs/security.md");
    const head = table.find(([first]) => first === "variables") ?? [];
    for (const [group, containers] of Object.entries(RECIPIENTS)) {
      const cells = table.find(([first]) => first === group) ?? [];
      assert.deepEqual(
        head.filter((_, index) => cells[index] === "yes"),
        containers,
        group,
      );
    }
  });

  it("lists what kube-score finds, with the reasons", () => {
    const table = rows("docs/security.md").filter(([first]) => first?.startsWith("`"));
    assert.deepEqual(Object.fromEntries(table.map(([id = "", reason]) => [id.slice(1, -1), reason])), ACCEPTED);
  });

  it("has no link into nothing", () => {
    const pages = ["README.md", "bench/README.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)];
    for (const name of pages) {
      const links = [...page(name).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = ""]) => target);
      for (const link of links) {
        assert.ok(existsSync(join(ROOT, name, "..", link)), `${name}: ${link}`);
      }
    }
  });
});
