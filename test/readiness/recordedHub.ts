import { backsOff, ended } from "./objects";
import { inContainer, type Recorded } from "./recordedPods";

/** The container that fetches a model of the Hugging Face Hub ended with a message of fetch_hub.py. */
function fetched(message: string): Recorded {
  return inContainer("fetch-model", backsOff(2, 1, "Error", message));
}

/** The reason is the end of a sentence that names the model, or says that its name is a secret. */
function notFetched(reason: string): Recorded[] {
  const models = ["hf://org/model", "hf://org/model@refs/pr/403", "the secret `path`"];
  return models.map((model) => fetched(`The model cannot be fetched from ${model}: ${reason}`));
}

/** How a model of the Hub is not fetched. */
export const HUB: Record<string, Recorded[]> = {
  "no-model": [
    ...notFetched("there is no such model, or it is private or gated. Correct `path`, or set `huggingface.token`."),
    ...notFetched("there is no such model, or the token may not read it. Correct `path`, or `huggingface.token`."),
  ],
  "gated-model": [
    ...notFetched("it is gated, and needs the token of an account with access. Set `huggingface.token`."),
    ...notFetched("it is gated, and the account of `huggingface.token` has no access. Ask for it at huggingface.co."),
    ...notFetched(
      "it is gated, and the account of `huggingface.token` has no access. Access to model org/model is restricted and you are not in the authorized list. Visit https://huggingface.co/org/model to ask for access.",
    ),
  ],
  "wrong-token": notFetched("huggingface.co does not know the token. Correct `huggingface.token`."),
  "no-revision": [
    ...notFetched("it has no revision v2. Correct `path`."),
    ...notFetched("it has no such revision. Correct `path`."),
    ...notFetched("it has no revision v/3. Correct `huggingface.tokenizerRevision`."),
  ],
  "model-too-large": [fetched("model is 1.5Mi, modelSize is 1Mi: set `modelSize` to more.")],
  "no-space": notFetched("no space is left for it. Set `modelSize` to more, or free the node's disk."),
  "store-denied": [
    ...notFetched("huggingface.co denies access (403): Please enable access to public gated repositories."),
    ...notFetched(
      "hub.example.org:8080 denies access (401): 401 Client Error: Unauthorized for url: the secret `path`",
    ),
    ...notFetched(
      "hub.example.org denies access (403): 403 Client Error: Forbidden for url: https://hub.example.org/a",
    ),
  ],
  "store-certificate": notFetched(
    "failed to verify certificate of 10.0.0.9:8443: self-signed certificate. Give its authority in `storage.caCertificate`.",
  ),
  "store-busy": [
    ...notFetched("huggingface.co gets too many requests (429). Wait, or set `huggingface.token`."),
    ...notFetched("huggingface.co answers 503. Wait, or see why it is busy, or down."),
    ...notFetched("cas-bridge.xethub.hf.co answers 500. Wait, or see why it is busy, or down."),
  ],
  "store-network": [
    ...notFetched("127.0.0.1:1 cannot be reached: Connection refused."),
    ...notFetched("huggingface.co cannot be reached: Temporary failure in name resolution."),
    ...notFetched("huggingface.co cannot be reached through the proxy: Tunnel connection failed: 403 Forbidden."),
    ...notFetched("only 1Gi of the 2Gi of model.safetensors came."),
  ],
  "program-missing": [
    fetched("The image's `python` has no huggingface_hub: use an image that has it."),
    fetched("The image has huggingface_hub 0.20.3: use an image with 0.23 or later."),
  ],
  "unfit-model": [
    fetched("The model cannot be served: the repo holds no config.json, but adapter_config.json, model.gguf."),
    fetched(
      "The model cannot be served: model.safetensors.index.json names lost.safetensors, which the repo does not hold.",
    ),
    fetched("The model cannot be served: model.safetensors.index.json is no index of weights (list indices)."),
  ],
  "fetch-failed": [
    ...notFetched("what came of model.safetensors is not what the Hub has."),
    ...notFetched(
      "HfHubHTTPError: 418 Client Error: I'm a teapot for url: https://huggingface.co/api/models/org/model",
    ),
    fetched("hf://org/model holds a file with the name ../a, which leads out of its folder."),
    inContainer("fetch-model", ended(143, "Error", "fetching 3 files, 1Gi, of commit 0123456")),
  ],
};
