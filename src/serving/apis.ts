/** The APIs in which a server answers for a model. */
export interface Apis {
  /** The Open Inference Protocol, version 2. */
  v2: boolean;
  /** That of OpenAI: completions, in chats as well, of models that generate text, or embeddings. */
  openai?: "completions" | "embeddings";
}

/** MLServer's. */
export const V2_ALONE: Apis = { v2: true };
