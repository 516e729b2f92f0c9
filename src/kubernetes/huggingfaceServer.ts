import type { ModelServeArgs } from "../args";
import { digest } from "../digest";
import type { HuggingfaceTask } from "../huggingface/args";
import { flags } from "../huggingface/flags";
import { compute } from "../lifted";
import { huggingfaceTask } from "../source/huggingfaceTask";
import { plain } from "./environment";
import { gpus } from "./gpus";
import { SERVED } from "./modelSource";
import type { PodServer, ServerFacts } from "./podServer";
import { PORTS } from "./ports";
import { SCRIPTS } from "./scripts";

/** The release of KServe whose Hugging Face server is used. */
export const KSERVE_VERSION = "v0.20.0";

const SERVE = `${SCRIPTS}/serve.py`;

/** Processes of one model on several GPUs exchange tensors by shared memory, for which containers have 64 MiB by default. */
const SHARED_MEMORY = { name: "shared-memory", mountPath: "/dev/shm" };

/**
 * KServe's Hugging Face server (https://github.com/kserve/kserve, python/huggingfaceserver). All that it is told stands in
 * its arguments, where a preview shows it.
 */
export function huggingfaceServer(args: ModelServeArgs, { modelName, times }: ServerFacts): PodServer {
  const task = huggingfaceTask(args) as HuggingfaceTask; // `check` asks for it
  const told = flags(args.huggingface ?? {}, { task, modelName, folder: SERVED });
  return {
    image: `kserve/huggingfaceserver:${KSERVE_VERSION}${gpus(args.resources).length > 0 ? "-gpu" : ""}`,
    module: "huggingfaceserver",
    command: ["python", SERVE, "huggingfaceserver", ...told],
    preStop: ["python", "-I", SERVE, "--part", compute(times.preStopSeconds, String)],
    settingsFiles: [],
    settings: {},
    settingsDigest: compute(told as string[], digest),
    ports: { http: PORTS.http },
    variables: VARIABLES,
    volumes: [{ name: SHARED_MEMORY.name, emptyDir: { medium: "Memory" } }],
    mounts: [SHARED_MEMORY],
  };
}

/**
 * The model is there, so nothing is asked of the Hub. What libraries compile for a model they keep in folders of the user's,
 * which the pod's user does not have.
 */
const VARIABLES = plain({
  HF_HUB_OFFLINE: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  HF_MODULES_CACHE: "/tmp/huggingface/modules",
  TORCHINDUCTOR_CACHE_DIR: "/tmp/torchinductor",
  TRITON_CACHE_DIR: "/tmp/triton",
  VLLM_CACHE_ROOT: "/tmp/vllm",
  XDG_CACHE_HOME: "/tmp/cache",
  USER: "modelserve",
});
