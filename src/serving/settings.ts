import { canonical, digest } from "../digest";
import type { ServingPlan } from "./plan";

/**
 * Names the settings in one short value, so that a preview shows whether they change. Ports and the model's place are not
 * part of it: they have values of their own.
 */
export function settingsDigest(plan: ServingPlan): string {
  return digest({ server: plan.serverSettings, model: plan.modelSettings });
}

/** The two files in the folder from which MLServer starts. They win over environment variables and over files of the model. */
export function settingsFiles(
  plan: ServingPlan,
  place: { uri: string; server: Record<string, unknown> },
): Record<string, string> {
  const parameters = { ...(plan.modelSettings.parameters as object), uri: place.uri };
  return {
    "settings.json": `${canonical({ ...plan.serverSettings, ...place.server })}\n`,
    "model-settings.json": `${canonical({ ...plan.modelSettings, parameters })}\n`,
  };
}
