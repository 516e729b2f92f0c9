/** What one kind of function brings to a plan. A new kind is one such module and one entry in the registry `flavours`. */
export interface Flavour {
  /** MLServer's Python class for this kind. */
  implementation: string;
  /** The package of MLServer's runtime, released together with MLServer. */
  runtimePackage: string;
  /** What MLServer's image for this kind has after the version in its tag. */
  imageSuffix: string;
  /** Versions that MLServer's release was tested with: those of its image. */
  tested: Record<string, string>;
  /** What the model's path must look like, as problem messages say it. */
  expectedPath: string;
  /** A path that can only be another kind's, and what to do about it. */
  mistakenPath(path: string): string | undefined;
}
