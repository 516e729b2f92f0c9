import type { Input } from "@pulumi/pulumi";
import { digest } from "../digest";
import { compute } from "../lifted";

/** Labels that tell the pods of one model from all others; a Deployment's selector can never be changed. */
export interface Selector {
  "app.kubernetes.io/name": string;
  "app.kubernetes.io/instance": Input<string>;
}

const LONGEST = 63; // https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

/**
 * The selector is free of all that may change, such as the model's name. The hash of the component's URN tells stacks that
 * share a namespace apart, and components of one name with different parents.
 */
export function selectorOf(name: string, urn: Input<string>): Selector {
  return {
    "app.kubernetes.io/name": "modelserve",
    "app.kubernetes.io/instance": compute(urn, (value) => {
      const hash = digest(value).slice(0, 8);
      return `${name.slice(0, LONGEST - hash.length - 1).replace(/-+$/, "")}-${hash}`;
    }),
  };
}

/** What a user says about a function, for labels and annotations. */
export interface About {
  project?: Input<string>;
  labels?: Record<string, Input<string>>;
  modelVersion?: Input<string>;
  uuid?: Input<string>;
  description?: Input<string>;
}

/** The recommended labels of Kubernetes, and the user's. https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labelsOf(selector: Selector, about: About): Record<string, Input<string>> {
  return {
    ...about.labels,
    "app.kubernetes.io/component": "model-server",
    "app.kubernetes.io/managed-by": "pulumi",
    ...selector,
  };
}

/** The version is a label of the Deployment and its pods alone: a new one should not change all the other objects. */
export function versionLabel({ modelVersion }: About): Record<string, Input<string>> {
  return modelVersion === undefined ? {} : { "app.kubernetes.io/version": modelVersion };
}

/** What the user says about the function and labels cannot hold, for the Deployment. */
export function annotationsOf({ project, uuid, description }: About): Record<string, Input<string>> {
  return {
    ...(project === undefined ? {} : { "modelserve/project": project }),
    ...(uuid === undefined ? {} : { "modelserve/uuid": uuid }),
    ...(description === undefined ? {} : { "modelserve/description": description }),
  };
}
