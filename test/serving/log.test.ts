import assert from "node:assert/strict";
import { lastException, lastWords } from "../../src/serving/log";

const FAILED = `INFO:     Started server process [1]
2026-01-01 00:00:00,000 [mlserver] ERROR - Some of the models failed to load during startup!
Traceback (most recent call last):
  File "server.py", line 125, in start
    await asyncio.gather(
ModuleNotFoundError: No module named 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "sklearn.py", line 37, in load
ValueError: the model
is wrong
2026-01-01 00:00:00,100 [mlserver.grpc] INFO - Waiting for gRPC server shutdown
INFO:     Shutting down
ERROR:    Traceback (most recent call last):
asyncio.exceptions.CancelledError
`;

const REFUSED = `INFO:     Application startup complete.
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "sklearn.py", line 44, in predict
ValueError: X has 3 features,
but 4 are expected
INFO:     Shutting down
`;

describe("the last exception in a log", () => {
  it("is that of the last traceback, on one line", () => {
    assert.equal(lastException(`${FAILED}${REFUSED}`), "ValueError: X has 3 features, but 4 are expected");
  });

  it("is without the calls in machine code that follow it", () => {
    const native = "Stack trace:\n  [bt] (0) libxgboost.so(+0x1) [0x7f]\n  [bt] (1) libc.so(+0x2) [0x7f]\n";
    const log = FAILED.replace("is wrong\n", `is wrong\n${native}\n`);
    assert.equal(lastWords(log).cause, "ValueError: the model is wrong");
    assert.equal(lastWords(log).lines.at(-1), "is wrong");
    assert.equal(lastException(log.split("INFO:     Shutting")[0] ?? ""), "ValueError: the model is wrong");
  });

  it("is nothing when there is none", () => {
    assert.equal(lastException("INFO:     Shutting down\n"), undefined);
  });
});

describe("the end of a server's log", () => {
  it("tells the exception with which the model did not load, without the shutdown that followed", () => {
    const { cause, lines } = lastWords(FAILED);
    assert.equal(cause, "ValueError: the model is wrong");
    assert.equal(lines.at(-1), "is wrong");
    assert.ok(lines.includes("ModuleNotFoundError: No module named 'a'"));
  });

  it("tells why a worker could not load it, and not how it could not be unloaded either", () => {
    const log = `2026-11-27 14:08:27,628 [mlserver.parallel] ERROR - An error occurred processing a model update of type 'Load'.
Traceback (most recent call last):
  File "modeling_utils.py", line 3531, in from_pretrained
    with safe_open(resolved_archive_file, framework="pt") as f:
safetensors._safetensors_rust.SafetensorError: Error while deserializing header: header too large

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "registry.py", line 222, in _unload_model
    model.ready = not await model.unload()
AttributeError: 'HuggingFaceRuntime' object has no attribute '_model'
2026-11-27 14:08:27,638 [mlserver] ERROR - Some of the models failed to load during startup!
Traceback (most recent call last):
mlserver.parallel.errors.WorkerError: builtins.AttributeError: 'HuggingFaceRuntime' object has no attribute '_model'
`;
    const cause = "safetensors._safetensors_rust.SafetensorError: Error while deserializing header: header too large";
    assert.deepEqual([lastWords(log).cause, lastWords(log).lines.at(-1)], [cause, cause]);
  });

  it("is its last lines when no model failed to load", () => {
    const log = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
    const { cause, lines } = lastWords(log);
    assert.equal(cause, undefined);
    assert.deepEqual([lines.length, lines.at(-1)], [15, "line 39"]);
  });

  it("tells the exception with which it ends, on one line, and none after which it went on", () => {
    const settings = `  File "main.py", line 596, in model_validate
pydantic_core.ValidationError: 1 validation error for Settings
parallel_workers
  Input should be a valid integer
`;
    const cause =
      "pydantic_core.ValidationError: 1 validation error for Settings parallel_workers Input should be a valid integer";
    assert.equal(lastWords(settings).cause, cause);
    assert.equal(lastWords(`${settings}INFO:     Shutting down\n`).cause, undefined);
    assert.equal(
      lastWords("ModuleNotFoundError: No module named 'a'\n").cause,
      "ModuleNotFoundError: No module named 'a'",
    );
  });

  it("is nothing when there is no log", () => {
    assert.deepEqual(lastWords(""), { lines: [] });
  });
});
