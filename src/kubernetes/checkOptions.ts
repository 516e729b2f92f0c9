import type { ModelServeArgs } from "../args";
import { isLater } from "../later";
import { quantity } from "../quantity";
import { type Problem, show } from "../rules";

/** What is wrong with autoscaling, the disruption budget, the waiter and the way in. */
export function checkOptions(args: ModelServeArgs): Problem[] {
  return [...checkAutoscaling(args), ...checkBudget(args), ...checkReadiness(args), ...checkHost(args)];
}

function checkAutoscaling({ autoscaling, replicas, resources }: ModelServeArgs): Problem[] {
  if (autoscaling === undefined) return [];
  const { minReplicas, maxReplicas, targetCPUUtilizationPercentage, scaleDownStabilizationSeconds } = autoscaling;
  const problems: Problem[] = [];
  const problem = (argument: string, reason: string) => problems.push({ argument: `autoscaling.${argument}`, reason });
  if (maxReplicas === undefined) problem("maxReplicas", "It is missing: the greatest number of pods.");
  const whole = { minReplicas, maxReplicas, targetCPUUtilizationPercentage };
  for (const [argument, value] of Object.entries(whole))
    if (value !== undefined && !isLater(value) && !(Number.isInteger(value) && (value as number) >= 1))
      problem(argument, `${show(value)} is not a whole number from 1.`);
  if (
    scaleDownStabilizationSeconds !== undefined &&
    !isLater(scaleDownStabilizationSeconds) &&
    !(
      Number.isInteger(scaleDownStabilizationSeconds) &&
      (scaleDownStabilizationSeconds as number) >= 0 &&
      (scaleDownStabilizationSeconds as number) <= 3600
    )
  )
    problem(
      "scaleDownStabilizationSeconds",
      `${show(scaleDownStabilizationSeconds)} is not a whole number of seconds from 0 to 3600.`,
    );
  const least = minReplicas ?? replicas ?? 1;
  if (typeof least === "number" && typeof maxReplicas === "number" && least > maxReplicas)
    problem(
      "maxReplicas",
      `${maxReplicas} is less than ${least}, the least number of pods (${minReplicas === undefined ? "`replicas`" : "`minReplicas`"}). Raise it.`,
    );
  const requests = resources?.requests;
  const cpu = requests === undefined || isLater(requests) ? undefined : (requests as Record<string, unknown>).cpu;
  if (cpu !== undefined && !isLater(cpu) && quantity(cpu as string) === 0)
    problems.push({
      argument: "resources.requests.cpu",
      reason: "It is zero, but autoscaling goes by the load in percent of the CPU request. Give a request.",
    });
  return problems;
}

function checkBudget({ disruptionBudget, replicas, autoscaling }: ModelServeArgs): Problem[] {
  if (disruptionBudget === undefined) return [];
  const { minAvailable, maxUnavailable } = disruptionBudget;
  const problem = (argument: string, reason: string): Problem[] => [
    { argument: `disruptionBudget${argument}`, reason },
  ];
  if ((minAvailable === undefined) === (maxUnavailable === undefined))
    return problem("", "Expected one of `minAvailable` and `maxUnavailable`.");
  const [argument, value] =
    minAvailable === undefined ? [".maxUnavailable", maxUnavailable] : [".minAvailable", minAvailable];
  if (isLater(value)) return [];
  if (!/^\d+%?$/.test(String(value)))
    return problem(argument, `${show(value)} is not a number such as "1", or a share such as "50%".`);
  const pods = autoscaling === undefined ? (replicas ?? 1) : (autoscaling.minReplicas ?? replicas ?? 1);
  const blocks =
    minAvailable === undefined
      ? /^0+%?$/.test(String(value))
      : String(value) === "100%" || (typeof pods === "number" && !String(value).endsWith("%") && Number(value) >= pods);
  return blocks
    ? problem(
        argument,
        `${show(value)} would never let a pod go, so nodes could not be maintained. Leave room for one pod.`,
      )
    : [];
}

function checkHost({ nodeHost, serviceType = "NodePort" }: ModelServeArgs): Problem[] {
  if (nodeHost === undefined || serviceType === "NodePort") return [];
  return [{ argument: "nodeHost", reason: `It has no effect with serviceType ${show(serviceType)}. Remove it.` }];
}

function checkReadiness({ readiness = {}, onFailure }: ModelServeArgs): Problem[] {
  const problems: Problem[] = [];
  const { enabled, ...access } = readiness;
  if (enabled !== undefined && typeof enabled !== "boolean")
    problems.push({ argument: "readiness.enabled", reason: `${show(enabled)} is not true or false.` });
  for (const [argument, value] of Object.entries(access))
    if (value !== undefined && !isLater(value) && (typeof value !== "string" || value.trim() === ""))
      problems.push({ argument: `readiness.${argument}`, reason: `${show(value)} is not a text, or empty.` });
  if (enabled === false && onFailure === "undo")
    problems.push({
      argument: "onFailure",
      reason: '"undo" needs the waiter, which `readiness.enabled: false` switches off. Remove one of the two.',
    });
  return problems;
}
