import type { ServingArgs } from "./plan";

/**
 * What one kind of function brings: all that the rooms ask of a kind is here. A new kind is one such module, one entry in
 * `Kind` and one in the registry `flavours`.
 */
export interface Flavour {
  /** MLServer's Python class for this kind; none where the user names it. */
  implementation?: string;
  /** The package of MLServer's runtime, released together with MLServer; none where the user names it. */
  runtimePackage?: string;
  /** What MLServer's image for this kind has after the version in its tag; none for the image that has every runtime. */
  imageSuffix?: string;
  /** Packages that its runtime asks for and makes no use of here, which are too large to be installed for nothing. */
  without?: string[];
  /** Environment variables of its server. */
  variables?: Record<string, string>;
  /** Versions that MLServer's release was tested with: those of its image. */
  tested: Record<string, string>;
  /** What serves it on a cluster, where that is not MLServer: KServe's Hugging Face server. */
  server?: "huggingfaceserver";
  /** Room for the model in a pod, where 2Gi are not what a user would expect. */
  modelSize?: string;
  /**
   * What a server asks for on a cluster unless `resources` says otherwise. CPU has no limit: a limit slows a server down
   * while processors are idle. Memory has one, so that one model cannot end its neighbours.
   */
  resources: { requests: { cpu: string; memory: string }; limits: { memory: string } };
  layout: Layout;
  /** Whether Python code in the model's folder is the server's as well. */
  ownCode?: true;
  /** Whether models of this kind load and predict in milliseconds, as far as the kind alone tells. */
  light: boolean;
  /** What MLServer's settings of the model hold beside its place. */
  parameters?(args: ServingArgs): Record<string, unknown>;
  /** What to do about a path that can only be another kind's. */
  mistakenPath(path: string): string | undefined;
  /** What the model's files ask of the Python environment. Rejects, to be shown at the argument `path`, what cannot be served. */
  facts(files: ModelFiles): Promise<ArtifactFacts>;
}

/** How a model lies in its files. A pod checks the same by `prepare_model.py`. */
export type Layout =
  /**
   * One file, or a folder that holds one: the first of `model` with these endings, else the only file with one of them.
   * A pickle is looked through for what it imports. `start` are the first bytes, where all files of the kind have them.
   */
  | { is: "file"; endings: string[]; pickled: boolean; start?: string }
  /**
   * A folder that holds this file, if one is named; it may name requirements of its own, unless what it must hold beside are
   * files of weights with these endings.
   */
  | { is: "folder"; holds?: string; weights?: string[] };

/** The files of a model on this machine. None of the model's code is run. */
export interface ModelFiles {
  /** What the model's file imports, which is a pickle. */
  pickle(): Promise<PickleReport>;
  /** The text of a file in the model's folder, if there is one. */
  text(name: string): Promise<string | undefined>;
  /** The last bytes of the model's file. */
  end(bytes: number): Promise<Buffer>;
}

/** What `read_pickle.py` prints. */
export interface PickleReport {
  /** The top-level Python modules that the pickle imports. */
  modules: string[];
  /** Whether it names modules that only numpy 2 has. */
  numpy2: boolean;
  /** The scikit-learn that saved it, if it says so. */
  sklearn: string | null;
}

/** What the model's own files told. */
export interface ArtifactFacts {
  /** Requirements of the environment that the model was saved in, as pip writes them. */
  requirements: string[];
  /** Python minor versions that can load the model, the best first; all that MLServer supports if not given. */
  pythons?: string[];
  /** Top-level Python modules that the model imports when it is loaded. */
  modules: string[];
  /** Whether loading and predicting take so little time that MLServer needs no worker process beside itself. */
  light: boolean;
}

/** What a model's path must be, as problem messages say it. */
export function expectedPath({ layout }: Flavour): string {
  if (layout.is === "folder") return layout.holds ? `a folder that holds the file ${layout.holds}` : "a folder";
  return `a ${listed(layout.endings)} file, or a folder that holds one`;
}

/** The files that are looked for in a folder, the first one first: MLServer's well-known names. */
export function wellKnownFiles(endings: string[]): string[] {
  return endings.map((ending) => `model${ending}`);
}

/** `.a, .b or .c` */
export function listed(words: string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** What a server of a small model asks for. */
export const SMALL = { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } };

export const PICKLE_ENDINGS = [".joblib", ".pickle", ".pkl"];

/** What to do about the path of an MLmodel file, for kinds whose models are single files. */
export function mlflowFile(path: string): string | undefined {
  return /(^|\/)MLmodel\/?$/.test(path)
    ? 'This is an MLflow model: use kind "mlflowserve" and the folder that holds the MLmodel file.'
    : undefined;
}

/** The same, and about a pickle, for libraries that save models in formats of their own. */
export function pickleOrMlflow(path: string): string | undefined {
  if (!PICKLE_ENDINGS.some((ending) => path.endsWith(ending))) return mlflowFile(path);
  return 'This is a pickle. Save the model by the library\'s own `save_model`, or use kind "sklearnserve".';
}

/** For a model whose file names no versions: the ones that MLServer was tested with. */
export function asTested(tested: Record<string, string>): ArtifactFacts {
  const requirements = Object.entries(tested).map(([name, version]) => `${name}==${version}`);
  return { requirements, modules: [], light: true };
}

/** The lines of `requirements.txt`, without comments. */
export async function requirementsFile(files: ModelFiles): Promise<string[] | undefined> {
  return (await files.text("requirements.txt"))
    ?.split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}
