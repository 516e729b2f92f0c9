import type { Incident } from "./incidents";

// How causes know an incident.

const inContainer = (name: string, message: RegExp) => (incident: Incident) =>
  incident.container === name && message.test(incident.message);
export const fetching = (message: RegExp) => inContainer("fetch-model", message);
export const preparing = (message: RegExp) => inContainer("prepare-model", message);
/** Either of both. */
export const readying = (message: RegExp) => anyOf(fetching(message), preparing(message));
/** What fetch_model.sh leaves of a store's answer: its code and its message. Paths may have any word, or number. */
export const answering = (codes: string) => fetching(new RegExp(`: (${codes})\\b`));
/** The beginning of what fetch_hub.py says after the model's name, in which there is no colon before a space. */
export const hubSaying = (reason: RegExp) =>
  fetching(new RegExp(`^The model cannot be fetched from ((?!: ).)*: (${reason.source})`));
export const starting =
  (reason: RegExp, message = /(?:)/) =>
  (incident: Incident) =>
    incident.from === "container" && reason.test(incident.reason) && message.test(incident.message);
export const making = (message: RegExp) => (incident: Incident) =>
  incident.from === "replicaSet" && message.test(incident.message);
export const event = (reason: RegExp, message: RegExp) => (incident: Incident) =>
  incident.from === "event" && reason.test(incident.reason) && message.test(incident.message);
export const scheduling = (message: RegExp) => (incident: Incident) =>
  incident.from === "pod" && incident.reason === "Unschedulable" && message.test(incident.message);

export const PULL =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;
export const START = /^(CreateContainerConfigError|CreateContainerError|RunContainerError|StartError)$/;
/** In the words of Go's libraries, with which rclone, container runtimes and Kubernetes are made. */
export const NETWORK =
  /\b(dial|read) tcp\b|TLS handshake timeout|context (deadline exceeded|canceled)|request canceled|: (unexpected )?EOF\b/;
export const either = (...messages: RegExp[]) => new RegExp(messages.map(({ source }) => source).join("|"));
/** Whether any of several knows it. */
export const anyOf =
  (...matchers: ((incident: Incident) => boolean)[]) =>
  (incident: Incident) =>
    matchers.some((sees) => sees(incident));
