import * as pulumi from "@pulumi/pulumi";
import type { ModelServeArgs } from "../args";
import type { ProfileArgs } from "../clusterArgs";
import { computeAround } from "../lifted";
import { type Problem, show } from "../rules";

/** The profiles that a model can name: those of its arguments, and before them those of the stack's configuration. */
export function knownProfiles({ profiles }: Pick<ModelServeArgs, "profiles">): Record<string, ProfileArgs> {
  return { ...new pulumi.Config("modelserve").getObject<Record<string, ProfileArgs>>("profiles"), ...profiles };
}

/** What is wrong with the name of a profile. */
export function checkProfile(profile: string | undefined, known: Record<string, ProfileArgs>): Problem[] {
  if (profile === undefined || known[profile] !== undefined) return [];
  const names = Object.keys(known).sort().map(show).join(", ");
  return [
    {
      argument: "profile",
      reason: `There is no profile ${show(profile)}. ${names ? `There are ${names}.` : "There are none: give `profiles`, or the stack's configuration `modelserve:profiles`."}`,
    },
  ];
}

/** The arguments with the profile's values where the user gave none; maps and amounts one by one. */
export function withProfile(args: ModelServeArgs, known: Record<string, ProfileArgs>): ModelServeArgs {
  const profile = args.profile === undefined ? undefined : known[args.profile];
  if (profile === undefined) return args;
  const { resources, nodeSelector, volumes, ...rest } = profile;
  return {
    ...rest,
    ...given(args),
    resources: {
      ...resources,
      ...args.resources,
      requests: merged(resources?.requests, args.resources?.requests),
      limits: merged(resources?.limits, args.resources?.limits),
    },
    nodeSelector: { ...nodeSelector, ...args.nodeSelector },
    volumes: [...(volumes ?? []), ...(args.volumes ?? [])],
  };
}

type Amounts = NonNullable<ModelServeArgs["resources"]>["requests"];

function merged(profile: Amounts, own: Amounts): Amounts {
  if (profile === undefined || own === undefined) return own ?? profile;
  return computeAround(profile, (below) => computeAround(own, (above) => ({ ...below, ...above }))) as Amounts;
}

function given(args: ModelServeArgs): ModelServeArgs {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined),
  ) as unknown as ModelServeArgs;
}
