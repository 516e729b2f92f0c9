import { credentials } from "@grpc/grpc-js";

/**
 * Shows lines beside a resource in Pulumi's display, each in place of the one before; nothing of them stays. The engine
 * takes up what it is told at once in any order, so it is told one line at a time, and of those that wait the last. Its
 * address is the argument of the process in which providers run; elsewhere nothing is shown.
 *
 * @param urn of the resource.
 */
export function display(urn: string): (line: string) => void {
  const address = process.argv[2];
  if (!address || !/^[\d.]+:\d+$/.test(address)) return () => {};
  const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
  const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb");
  const engine = new EngineClient(address, credentials.createInsecure());
  let telling = false;
  let waiting: string | undefined;
  const tell = (line: string) => {
    telling = true;
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(line);
    request.setUrn(urn);
    request.setEphemeral(true);
    engine.log(request, () => {
      telling = false; // what cannot be shown is not missed
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) tell(next);
    });
  };
  return (line) => {
    if (telling) waiting = line;
    else tell(line);
  };
}
