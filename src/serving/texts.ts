/** A request whose texts are flat, which is the same to the protocol: MLServer takes nested ones for empty. */
export function flatTexts<R extends { inputs?: any }>(request: R): R {
  if (!Array.isArray(request.inputs)) return request;
  const flat = (input: any) =>
    input?.datatype === "BYTES" && Array.isArray(input.data) && input.data.some(Array.isArray)
      ? { ...input, data: input.data.flat(Number.POSITIVE_INFINITY) }
      : input;
  return { ...request, inputs: request.inputs.map(flat) };
}
