import { type Flavour, requirementsFile, SMALL } from "./flavour";

/**
 * A model for a class that the user names (`implementation`): one of MLServer's other runtimes, one of a package, or one
 * whose code lies in the model's folder (MLServer: "Custom Inference Runtimes").
 */
export const custom: Flavour = {
  tested: {},
  resources: SMALL,
  layout: { is: "folder" },
  ownCode: true,
  light: false, // nothing is known of it
  mistakenPath: () => undefined,
  facts: async (files) => ({ requirements: (await requirementsFile(files)) ?? [], modules: [], light: false }),
};
