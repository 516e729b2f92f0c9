import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { ROOT } from "../engine/stack";
import { ACCEPTED } from "../kubernetes/kubeScore";
import type { Manifest } from "../kubernetes/render";
import { ClusterStack } from "./clusterStack";

const MANIFESTS = join(ROOT, "test", "kubernetes", "manifests");

describe("every golden manifest", function () {
  this.timeout(600_000);
  const files = readdirSync(MANIFESTS);
  const found = new Set<string>();
  let stack: ClusterStack;

  before(async () => {
    stack = await new ClusterStack("").init();
  });
  after(() => stack.remove());

  const objectsOf = (file: string): Manifest[] => {
    const documents = parseAllDocuments(readFileSync(join(MANIFESTS, file), "utf8"));
    return documents.map((document) => {
      const object = document.toJS() as Manifest;
      return { ...object, metadata: { ...object.metadata, namespace: stack.namespace } };
    });
  };

  for (const file of files) {
    it(`${file} passes a strict dry run on the API server, Pod Security included`, async () => {
      const objects = objectsOf(file);
      const { template } = objects.find(({ kind }) => kind === "Deployment")?.spec ?? {};
      const spec = {
        ...template.spec,
        serviceAccountName: undefined,
        priorityClassName: undefined,
        runtimeClassName: undefined,
      };
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        ...template,
        metadata: { ...template.metadata, name: "pod", namespace: stack.namespace },
        spec,
      };
      const dryRun = ["apply", "--dry-run=server", "--validate=strict", "--filename", "-"];
      const { stdout, stderr } = await piped("kubectl", dryRun, {
        apiVersion: "v1",
        kind: "List",
        items: [...objects, pod],
      });
      assert.equal(stderr, "");
      assert.equal(stdout.trim().split("\n").length, objects.length + 1);
    });

    it(`${file} has no finding of kube-score but those that have a reason`, async () => {
      const args = ["score", "--kubernetes-version", "v1.34", "--output-format", "json", join(MANIFESTS, file)];
      const { stdout } = await piped("kube-score", args, undefined);
      const checks: any[] = JSON.parse(stdout).flatMap(({ checks }: any) => checks);
      const findings = checks.filter(({ grade, skipped }) => grade < 10 && !skipped).map(({ check }) => check.id);
      for (const finding of findings) found.add(finding);
      assert.deepEqual(
        findings.filter((id) => !ACCEPTED[id]),
        [],
      );
    });
  }

  it("has every finding that a reason is given for", () => {
    assert.deepEqual(
      Object.keys(ACCEPTED).filter((id) => !found.has(id)),
      [],
    );
  });
});

/** Runs a command on an object; kube-score ends with 1 when it has findings. */
async function piped(command: string, args: string[], input: unknown): Promise<{ stdout: string; stderr: string }> {
  const child = promisify(execFile)(command, args, { maxBuffer: 64 * 2 ** 20 });
  child.child.stdin?.end(input === undefined ? undefined : JSON.stringify(input));
  return child.catch((error) => {
    if (command === "kube-score" && error.stdout) return error;
    throw error;
  });
}
