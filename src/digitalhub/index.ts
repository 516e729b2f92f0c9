export type { DigitalHubDefinition, DigitalHubDefinitions, Entity, Unused } from "./entities";
export type { ConversionNote } from "./fields";
export { type Conversion, type ConversionOptions, type ConvertedModel, fromDigitalHub } from "./fromDigitalHub";
export { type ServeOptions, serveDigitalHub } from "./serveDigitalHub";
export { type ExportedDefinition, toDigitalHub } from "./toDigitalHub";
