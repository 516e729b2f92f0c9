import type { AxiosError, AxiosResponse } from "axios";

/** A call that gave no prediction; the message says why and, where that is known, what to do. */
export class InferenceError extends Error {
  override name = "InferenceError";

  constructor(
    message: string,
    /** HTTP status of the answer; none when there was no answer. */
    readonly status?: number,
    /** The answer as the server sent it. */
    readonly body?: unknown,
  ) {
    super(message);
  }

  /** The id of the request, by which it is found in the server's log. */
  requestId?: string;

  /** The same error, of a request. */
  of(requestId: string | undefined): this {
    this.requestId = requestId;
    return this;
  }
}

/** Something is wrong with a request, which was found before it was sent. */
export function notSent(problems: string[]): InferenceError {
  return new InferenceError(`The request was not sent:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}

/** Why a call in a program needs a `url`. */
export const NO_WAY =
  "It is missing: the model is in a cluster, and no kubeconfig is known by which the call could go through the API server. Give that kubeconfig (`readiness.kubeconfig` of the model, without `readiness.enabled: false`), or the call a `url` that is reached from here, such as the model's `externalUrl`.";

/** No answer came: the server is not there, or too slow, or its name or certificate is wrong. */
export function noAnswer(url: string, error: AxiosError, timeoutSeconds: number): InferenceError {
  if (error.code === "ECONNREFUSED") {
    return new InferenceError(
      `Nothing listens at ${url}. Where that is a ModelServe, it is stopped (\`stopped\`), or has ended: \`pulumi up\` starts it again.`,
    );
  }
  if (["ECONNABORTED", "ETIMEDOUT", "ERR_CANCELED"].includes(error.code ?? "")) {
    return new InferenceError(
      `${url} did not answer within ${timeoutSeconds} s. Give it more time (\`timeout\`), or send fewer rows.`,
    );
  }
  if (["ECONNRESET", "ERR_BAD_RESPONSE"].includes(error.code ?? "")) {
    return new InferenceError(
      `The connection to ${url} was lost before the answer was there: the server, or what is in front of it, has ended. Call again; if that fails too, see the server's log.`,
    );
  }
  return new InferenceError(`${url} could not be reached: ${error.message || error.code}.`);
}

/** The caller ended the call. */
export function cancelled(url: string, { reason }: AbortSignal): InferenceError {
  const why = reason instanceof Error && reason.name !== "AbortError" ? `: ${reason.message}` : "";
  return new InferenceError(`The call of ${url} was cancelled${why}.`);
}

/** An answer with another status than 200 to 299, in any of the forms that MLServer has for it. */
export function refused(url: string, { status, data, headers }: AxiosResponse): InferenceError {
  const said = explanation(data);
  const fail = (message: string) => new InferenceError(message, status, data);
  switch (status) {
    case 400:
      return fail(`The server could not read the request (400): ${said}`);
    case 401:
    case 403:
      return fail(`${url} refused the request (${status}): ${said} Check \`auth\` and \`headers\`.`);
    case 404:
      return fail(`${url} does not exist (404): ${said} Check the model's name (\`modelName\`) and the URL.`);
    case 413:
      return fail(
        `The request is larger than the server takes (413): ${said} Send it in parts (\`invokeBatches\`), or raise the limit of the server, or of what is in front of it; that of MLServer's gRPC is \`serverSettings.grpc_max_message_length\`.`,
      );
    case 422:
      return fail(`The request is not one of the Open Inference Protocol (422): ${said}`);
    case 500:
      if (typeof data?.error === "object") return fail(`The model failed on the request (500): ${said}`); // OpenAI's API says why
      return fail(
        `The model failed on the request (500): ${said} Check the number and order of its features and the datatypes; the server's log has the whole error.`,
      );
    default:
      return fail(`${url} answered ${status}${headers.location ? `, to ${headers.location}` : ""}: ${said}`);
  }
}

/** A server that does not have OpenAI's API. */
export function noApi(url: string, { status, data }: AxiosResponse): InferenceError {
  const message = `${url} does not exist (404): the server may not have OpenAI's API, which MLServer has not. Ask it by an inference request, with \`inputs\`.`;
  return new InferenceError(message, status, data);
}

/** An answer of status 200 that is no inference response. */
export function notInference(url: string, { status, data, headers }: AxiosResponse): InferenceError {
  return new InferenceError(
    `${url} answered, but not with an inference response: ${headers["content-type"] ?? "no content type"}, ${shorten(data)} ` +
      "Is it the URL of a model server?",
    status,
    data,
  );
}

/** MLServer says {"error": …}, OpenAI's API {"error": {"message": …}}, FastAPI in front of it {"detail": …}, and a crash is plain text. */
function explanation(data: unknown): string {
  const { error, detail } = (data ?? {}) as { error?: unknown; detail?: unknown };
  if (typeof error === "string") return sentence(error);
  const { message } = (error ?? {}) as { message?: unknown };
  if (typeof message === "string") return sentence(message);
  if (typeof detail === "string") return sentence(detail);
  if (Array.isArray(detail))
    return detail
      .map(({ loc, msg }) => sentence([(loc ?? []).slice(1).join("."), msg].filter(Boolean).join(": ")))
      .join(" ");
  return shorten(data);
}

function shorten(data: unknown): string {
  const text = (typeof data === "string" ? data : (JSON.stringify(data) ?? "")).trim();
  return sentence(text.length > 300 ? `${text.slice(0, 300)}…` : text || "no text");
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
