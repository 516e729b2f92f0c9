import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Layout } from "../serving/flavour";
import { type Environment, environmentOf, plain } from "./environment";
import { ENVIRONMENT, FETCHED, MODELS, type ModelSource, placeOf, SERVED } from "./modelSource";
import { SCRIPTS } from "./scripts";

type Container = types.input.core.v1.Container;

/** What all containers of a pod have. */
export interface Common {
  environment: Environment;
  securityContext: types.input.core.v1.SecurityContext;
  mounts: types.input.core.v1.VolumeMount[];
}

/** Kubernetes shows a container's last lines as the reason of its failure. */
const EXPLAINED = { terminationMessagePolicy: "FallbackToLogsOnError" };

const WRITABLE_MODELS = { name: "model", mountPath: MODELS };
export const SCRIPTS_MOUNT = { name: "scripts", mountPath: SCRIPTS, readOnly: true };

/** Fetches the model from its store; it alone has the keys. */
export function fetchModel(
  common: Common,
  args: { program: string[]; image: Input<string>; resources: Container["resources"]; modelSize: Input<string> },
): Container {
  const variables = plain({ FETCHED, MODEL_SIZE: args.modelSize });
  return {
    name: "fetch-model",
    image: args.image,
    command: args.program,
    env: [...environmentOf("fetch-model", common.environment), ...variables],
    resources: args.resources,
    securityContext: common.securityContext,
    volumeMounts: [WRITABLE_MODELS, SCRIPTS_MOUNT, ...common.mounts],
    ...EXPLAINED,
  };
}

/** Unpacks and checks the model in the server's own image, without running any of the model's code. */
export function prepareModel(
  common: Common,
  args: {
    image: Input<string>;
    /** The server's Python module. */
    module: string;
    layout: Layout;
    source: ModelSource;
    resources: Container["resources"];
    allowVersionSkew: boolean;
    /** Whether what the image lacks is installed, and where packages come from. */
    installs: boolean;
  },
): Container {
  const place = placeOf(args.source);
  const variables = plain({
    ALLOW_VERSION_SKEW: args.allowVersionSkew ? "true" : undefined,
    INSTALL_REQUIREMENTS_INTO: args.installs ? ENVIRONMENT : undefined,
  });
  const environment = args.installs ? [{ name: "environment", mountPath: ENVIRONMENT }] : [];
  return {
    name: "prepare-model",
    image: args.image,
    command: [
      "python",
      `${SCRIPTS}/prepare_model.py`,
      ...layoutArguments(args.layout),
      args.module,
      place.path,
      SERVED,
    ],
    env: [...environmentOf("prepare-model", common.environment), ...variables],
    resources: args.resources,
    securityContext: common.securityContext,
    volumeMounts: [WRITABLE_MODELS, SCRIPTS_MOUNT, ...place.mounts, ...environment, ...common.mounts],
    ...EXPLAINED,
  };
}

/** How `prepare_model.py` is told what the model must look like. */
export function layoutArguments(layout: Layout): string[] {
  if (layout.is === "folder" && layout.weights) return ["weights", layout.weights.join()];
  if (layout.is === "folder") return ["folder", layout.holds ?? ""];
  return [layout.pickled ? "pickle" : "file", layout.endings.join()];
}
