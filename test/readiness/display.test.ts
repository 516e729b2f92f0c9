import assert from "node:assert/strict";
import { promisify } from "node:util";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { display } from "../../src/readiness/display";
import { until } from "../until";

const { EngineService } = require("@pulumi/pulumi/proto/engine_grpc_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");

describe("lines in Pulumi's display", () => {
  const engine = new Server();
  const told: { line: string; answer: () => void }[] = [];
  const [, , given] = process.argv;

  before(async () => {
    const log = ({ request }: ServerUnaryCall<{ getMessage(): string }, unknown>, answer: sendUnaryData<unknown>) =>
      told.push({ line: request.getMessage(), answer: () => answer(null, new Empty()) });
    const unused = Object.keys(EngineService).map((name) => [name, () => {}]);
    engine.addService(EngineService, { ...Object.fromEntries(unused), log });
    const bind = promisify(engine.bindAsync.bind(engine));
    process.argv[2] = `127.0.0.1:${await bind("127.0.0.1:0", ServerCredentials.createInsecure())}`;
  });
  after(() => {
    process.argv[2] = given as string;
    engine.forceShutdown();
  });

  it("reach the engine one at a time, which takes up others in any order, and the last of them always does", async () => {
    const show = display("urn:pulumi:test::test::modelserve:index:ModelServe::iris");
    for (const line of ["starting", "preparing model", "loading"]) show(line);
    await until(() => told.length > 0);
    assert.deepEqual(
      told.map(({ line }) => line),
      ["starting"],
    );
    told[0]?.answer();
    await until(() => told.length > 1);
    told[1]?.answer();
    show("serving");
    await until(() => told.length > 2);
    assert.deepEqual(
      told.map(({ line }) => line),
      ["starting", "loading", "serving"],
    );
    told[2]?.answer();
  });
});
