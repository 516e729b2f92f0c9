import * as pulumi from "@pulumi/pulumi";
import { ModelServe } from "modelserve";

const config = new pulumi.Config();

// `pulumi config set path hf://org/repo@COMMIT`; with a private or gated model also `pulumi config set --secret hubToken …`.
// On GPUs give `resources: { limits: { "nvidia.com/gpu": "1" } }`, by which the server's image follows.
const writer = new ModelServe("writer", {
  kind: "huggingfaceserve",
  path: config.require("path"),
  huggingface: { task: "text_generation", token: config.getSecret("hubToken"), endpoint: config.get("hubEndpoint") },
  modelSize: config.get("modelSize") ?? "10Gi",
  namespace: config.get("namespace"),
  serviceType: "ClusterIP",
  smokeTest: { request: { prompt: "Once upon a time", max_tokens: 1 } },
});

const story = writer.invoke({ json: { prompt: "Once upon a time", max_tokens: 8 } });

export const { openaiUrl } = writer; // for OpenAI's own clients
export const text = story.apply(({ choices = [] }) => choices[0]?.text);
