import type { ModelServeArgs } from "../args";
import { ServiceType } from "../clusterArgs";
import { show } from "../rules";
import { Kind } from "../serving/kind";
import { type Fields, textOf } from "./fields";
import { nodeSelector, ofKubernetes, resources, volumes } from "./pod";

/** Why a local run leaves out what only a cluster honours. */
export const RUN_IS_LOCAL = "Only a cluster honours it, and the run is a local one.";

/** What of a task and a run only a cluster honours. */
const FIELDS = [
  ...["node_selector", "affinity", "tolerations", "volumes", "secrets", "resources", "profile", "replicas"],
  ...["service_type", "service_name", "runtime_class", "priority_class"],
];

/** Leaves out of a local run what only a cluster honours. */
export function leaveCluster(spec: Fields, serving: Fields): void {
  const places = [["image", spec] as const, ...FIELDS.map((field) => [field, serving] as const)];
  for (const [field, fields] of places) if (fields.take(field) !== undefined) fields.leftOut(field, RUN_IS_LOCAL);
}

/** All that only a cluster honours. */
export function onCluster(
  kind: Kind,
  { spec, serving }: { spec: Fields; serving: Fields },
  how: { runKind?: string; serviceType?: ServiceType },
): Partial<ModelServeArgs> {
  const [affinity, tolerations] = [serving.take("affinity"), serving.take("tolerations")];
  const secrets = serving.list<string>("secrets")?.map(textOf) as string[] | undefined;
  const args: Partial<ModelServeArgs> = {
    image: spec.text("image"),
    nodeSelector: nodeSelector(serving),
    volumes: volumes(serving),
    ...resources(serving.part("resources")),
    affinity: affinity === undefined ? undefined : ofKubernetes(affinity),
    tolerations: tolerations === undefined ? undefined : ofKubernetes(tolerations),
    secrets,
    profile: serving.text("profile"),
    replicas: serving.take("replicas") as number | undefined,
    serviceType: serviceType(serving, how),
    serviceName: serving.text("service_name"),
    runtimeClassName: serving.text("runtime_class"),
    priorityClassName: serving.text("priority_class"),
  };
  if (secrets)
    serving.converted("secrets", "They are Secrets of the namespace here, with all their entries: make them there.");
  if (args.profile)
    serving.converted("profile", "Profiles are those of `profiles` or of the stack's configuration: put it there.");
  if (kind === Kind.MlflowServe) args.installRequirements = true;
  return args;
}

/** @param how with the Service's type where a definition has none. */
function serviceType(
  serving: Fields,
  { runKind, serviceType: chosen }: Parameters<typeof onCluster>[2],
): ServiceType | undefined {
  const given = serving.text("service_type");
  const known = Object.values(ServiceType).find((type) => type === given);
  if (known) return known;
  if (given !== undefined) serving.leftOut("service_type", `ModelServe makes no Service of type ${show(given)}.`);
  const recent = runKind?.endsWith("+serve:run") ? ServiceType.ClusterIP : undefined;
  const type = chosen ?? recent;
  if (type)
    serving.converted(
      "service_type",
      `It is ${type}, ${chosen ? "as you say" : "the platform's default since release 0.11"}.`,
    );
  return type;
}
