/** What an error of the Kubernetes client says, for people: the API server's own words where it answered, else the network's. */
export function reasonOf(error: unknown): string {
  const { code, body, message = "" } = error as { code?: unknown; body?: unknown; message?: string };
  if (code === 401) return "the kubeconfig's credentials are not accepted";
  if (typeof code === "number") return messageIn(body) ?? message.split("\n")[0] ?? "";
  return message.replace(/^request to \S+ failed, reason: /, "");
}

/** Whether an error is an answer that stays the same until something is changed, rather than one of a busy or absent server. */
export function isRefusal(error: unknown): boolean {
  const { code, statusCode = code, type } = error as { code?: unknown; statusCode?: unknown; type?: string };
  if (typeof statusCode === "number") return statusCode < 500 && ![404, 408, 409, 410, 429].includes(statusCode);
  return statusCode === undefined && type === undefined; // the client's own: errors of the network have a code
}

/** The message of the `Status` with which the API server answers. */
function messageIn(body: unknown): string | undefined {
  try {
    return (typeof body === "string" ? JSON.parse(body) : body)?.message;
  } catch {
    return undefined; // not the API server's: that of a proxy, for example
  }
}
