import type { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import { OnFailure } from "../clusterArgs";
import { digest } from "../digest";
import { appliedTemplate } from "../readiness/appliedTemplate";
import type { Access } from "../readiness/cluster";
import { Readiness } from "../readiness/readiness";
import { isScaledElsewhere } from "./stopped";

/** How the cluster that Pulumi uses is reached, as inputs. */
type AccessInputs = { [K in keyof Access]: pulumi.Input<string | undefined> };

/** Met at once: the waiter waits, and explains; unlike `skipAwait` it leaves Pulumi's wait for the end of pods. */
export const WAIT_FOR_NOTHING = { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" };

/**
 * How the waiter reaches the cluster, where it is sure to be the one that Pulumi uses; nothing where it is not, or where no
 * waiting is wanted: Pulumi's own wait is left then.
 */
export function waiterAccess(
  { readiness = {}, onFailure }: ModelServeArgs,
  parent: pulumi.Resource,
): AccessInputs | undefined {
  const { enabled, kubeconfig, context } = readiness;
  if (enabled === false) return undefined;
  const config = new pulumi.Config("kubernetes");
  if (kubeconfig === undefined && config.get("renderYamlToDirectory") !== undefined) return undefined;
  if (kubeconfig === undefined && parent.getProvider(DEPLOYMENT) !== undefined) {
    if (pulumi.runtime.isDryRun())
      pulumi.log.info(onFailure === OnFailure.Undo ? `${OWN_WAIT} ${NO_UNDO}` : OWN_WAIT, parent);
    return undefined;
  }
  const found = kubeconfig ?? config.getSecret("kubeconfig");
  return {
    kubeconfig: found === undefined ? undefined : pulumi.secret(found),
    context: context ?? config.get("context"),
  };
}

const OWN_WAIT =
  "Pulumi's own wait is used, which does not say why a model does not serve (`modelserve status` does): the component has a provider of its own. Give its kubeconfig in `readiness.kubeconfig`, or set `readiness.enabled` to false.";

const NO_UNDO = "Without it `onFailure: undo` has no effect.";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Waits until the Deployment's pods serve, and for the address of a load balancer. */
export function waitForModel(
  name: string,
  args: ModelServeArgs,
  access: AccessInputs,
  objects: { deployment: Deployment; service: Service; urn: pulumi.Input<string>; parent: pulumi.Resource },
): Readiness {
  const { deployment, service, urn, parent } = objects;
  const { metadata, spec } = deployment;
  const inputs = {
    component: urn,
    namespace: metadata.namespace,
    deployment: metadata.name,
    uid: metadata.uid,
    generation: metadata.generation,
    template: pulumi.all([metadata, spec]).apply(([metadata, spec]) => digest(appliedTemplate({ metadata, spec }))),
    replicas: isScaledElsewhere(args) ? undefined : args.stopped ? 0 : args.replicas,
    stopped: args.stopped,
    resumeWith:
      args.stopped && isScaledElsewhere(args) ? (args.replicas ?? args.autoscaling?.minReplicas ?? 1) : undefined,
    timeoutSeconds: args.timeoutSeconds ?? 600,
    onFailure: args.onFailure,
    loadBalancer: args.serviceType === "LoadBalancer" ? service.metadata.name : undefined,
    ...access,
  };
  return new Readiness(`${name}-readiness`, inputs as never, { parent });
}
