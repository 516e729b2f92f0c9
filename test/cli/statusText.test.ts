import assert from "node:assert/strict";
import type { ModelStatus } from "../../src/cli/modelStatus";
import { exitCodeOf, type ModelState } from "../../src/cli/modelStatus";
import { statusText } from "../../src/cli/statusText";

const KUBERNETES = { namespace: "models", deployment: "iris-1a2b", wanted: 2, findings: [], unread: [] };
const pod = (name: string, stage: "serving" | "loading" | "fetching model", restarts = 0) => ({
  name,
  stage,
  restarts,
});

/** States, and what is printed for them. */
const TEXTS: [name: string, status: Omit<ModelStatus, "name" | "urn">, text: string][] = [
  [
    "a model that serves",
    {
      state: "serving",
      url: "http://iris-1a2b.models.svc:8080",
      externalUrl: "http://10.0.0.7:30123",
      kubernetes: {
        ...KUBERNETES,
        revisions: [{ revision: 3, serving: 2, pods: [pod("a", "serving"), pod("b", "serving", 1)] }],
      },
    },
    `iris: serving
  Deployment models/iris-1a2b
  revision 3: 2 of 2 pods serving, 1 restart
  URL http://iris-1a2b.models.svc:8080, from outside http://10.0.0.7:30123`,
  ],
  [
    "an update that is stuck while the revision before goes on serving",
    {
      state: "stuck",
      url: "http://iris-1a2b.models.svc:8080",
      kubernetes: {
        ...KUBERNETES,
        revisions: [
          { revision: 4, serving: 0, pods: [pod("c", "loading", 3)] },
          { revision: 3, serving: 2, pods: [pod("a", "serving"), pod("b", "serving")] },
        ],
        findings: [
          {
            cause: "model-does-not-load",
            persistence: "repeats",
            what: "ValueError: not a number",
            next: "Correct the model.",
            pod: "c",
            container: "server",
            reason: "Completed",
            exitCode: 0,
            times: 4,
            lines: ["Traceback", "ValueError: not a number"],
          },
        ],
        unread: ["events"],
      },
    },
    `iris: stuck; revision 3 goes on serving
  Deployment models/iris-1a2b
  revision 4: 0 of 2 pods serving, 1 loading, 3 restarts
  revision 3: 2 of 2 pods serving
  The kubeconfig may not read events, so less is explained.
  URL http://iris-1a2b.models.svc:8080
  ValueError: not a number
    (model-does-not-load, server of pod c: Completed, exit code 0, 4 times)
      Traceback
      ValueError: not a number
    Next: Correct the model.`,
  ],
  [
    "an update that was undone",
    {
      state: "undone",
      why: "it was put back",
      next: "Run `pulumi up`.",
      kubernetes: { ...KUBERNETES, wanted: 1, revisions: [{ revision: 5, serving: 1, pods: [pod("a", "serving")] }] },
    },
    `iris: undone; revision 5 serves
  Deployment models/iris-1a2b
  revision 5: 1 of 1 pods serving
  It was put back.
  Next: Run \`pulumi up\`.`,
  ],
  [
    "a cluster that cannot be seen",
    {
      state: "unseen",
      why: "the cluster does not answer",
      next: "Give another.",
      kubernetes: { namespace: "models", deployment: "iris-1a2b" },
    },
    `iris: unseen
  Deployment models/iris-1a2b
  The cluster does not answer.
  Next: Give another.`,
  ],
  [
    "a process that ended by an exception",
    {
      state: "down",
      url: "http://127.0.0.1:20001",
      why: "process 7 has ended",
      next: "Run `pulumi up`.",
      local: {
        machine: "ada",
        pid: 7,
        running: false,
        ready: false,
        restart: "process 5 ended",
        log: "/cache/server.log",
        exception: "ValueError: not a number",
        lines: ["ValueError: not a number"],
      },
    },
    `iris: down
  MLServer on ada, process 7
  started again the last time because process 5 ended
  log /cache/server.log
  URL http://127.0.0.1:20001
  Process 7 has ended.
  ValueError: not a number
      ValueError: not a number
  Next: Run \`pulumi up\`.`,
  ],
];

describe("the text of a model's status", () => {
  for (const [name, status, text] of TEXTS) {
    it(`of ${name}`, () => {
      assert.equal(statusText({ name: "iris", urn: "urn:pulumi:…", ...status }), text);
    });
  }
});

/** States of models, and what the command exits with. */
const CODES: [states: ModelState[], code: number][] = [
  [[], 0],
  [["serving", "serving"], 0],
  [["serving", "stuck"], 2],
  [["starting"], 2],
  [["undone"], 2],
  [["down"], 2],
  [["stopped"], 2],
  [["incomplete"], 2],
  [["serving", "unseen"], 3],
  [["unseen", "stuck"], 2],
];

describe("the exit code", () => {
  for (const [states, code] of CODES) {
    it(`is ${code} for ${states.join(", ") || "no models"}`, () => {
      assert.equal(exitCodeOf(states), code);
    });
  }
});
