import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";

const ROOT = join(__dirname, "..");
const GOLDEN = join(__dirname, "schema.json");

describe("the schema that other languages see", () => {
  it("is the one in test/schema.json, which UPDATE_GOLDEN=1 rewrites", async () => {
    const schema = JSON.parse(await derivedSchema());
    delete schema.version;
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, text);
    assert.equal(text, readFileSync(GOLDEN, "utf8"));
  });
});

/** What Pulumi's analyser derives from the sources, by the SDK's own plug-in host. */
async function derivedSchema(): Promise<string> {
  const host = require.resolve("@pulumi/pulumi/cmd/run-plugin");
  const plugin = spawn(process.execPath, [host, "--pwd", ROOT, ROOT, "127.0.0.1:1"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const port = await firstLine(plugin);
    const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
    const { GetSchemaRequest } = require("@pulumi/pulumi/proto/provider_pb");
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return await new Promise((resolve, reject) =>
      client.getSchema(new GetSchemaRequest(), (error: Error | null, response: { getSchema(): string }) => {
        client.close();
        error ? reject(error) : resolve(response.getSchema());
      }),
    );
  } finally {
    plugin.kill();
  }
}

function firstLine(plugin: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    plugin.stderr?.on("data", (data) => {
      said += data;
    });
    plugin.stdout?.once("data", (data) => resolve(String(data).trim()));
    plugin.once("exit", (code) => reject(new Error(`The plug-in host ended with ${code}: ${said}`)));
  });
}
