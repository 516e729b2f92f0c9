import type { GrpcObject, ServiceClientConstructor } from "@grpc/grpc-js";

type Fields = Record<string, [type: string, id: number, rule?: "repeated"]>;

function message(fields: Fields, maps: Record<string, number> = {}) {
  const plain = Object.entries(fields).map(([name, [type, id, rule]]) => [
    name,
    { type, id, ...(rule ? { rule } : {}) },
  ]);
  const mapped = Object.entries(maps).map(([name, id]) => [name, { keyType: "string", type: "InferParameter", id }]);
  return { fields: Object.fromEntries([...plain, ...mapped]) };
}

/** The methods of the service that are called. */
export type Method = "ModelInfer" | "ModelMetadata";

/** What calls need of the service (https://github.com/kserve/open-inference-protocol, inference_grpc.md), as protobuf.js writes it. */
const DESCRIPTION = {
  nested: {
    inference: {
      nested: {
        InferParameter: {
          oneofs: { parameter_choice: { oneof: ["bool_param", "int64_param", "string_param"] } },
          ...message({ bool_param: ["bool", 1], int64_param: ["int64", 2], string_param: ["string", 3] }),
        },
        InferTensorContents: message({
          bool_contents: ["bool", 1, "repeated"],
          int_contents: ["int32", 2, "repeated"],
          int64_contents: ["int64", 3, "repeated"],
          uint_contents: ["uint32", 4, "repeated"],
          uint64_contents: ["uint64", 5, "repeated"],
          fp32_contents: ["float", 6, "repeated"],
          fp64_contents: ["double", 7, "repeated"],
          bytes_contents: ["bytes", 8, "repeated"],
        }),
        InferTensor: message(
          {
            name: ["string", 1],
            datatype: ["string", 2],
            shape: ["int64", 3, "repeated"],
            contents: ["InferTensorContents", 5],
          },
          { parameters: 4 },
        ),
        InferRequestedOutput: message({ name: ["string", 1] }, { parameters: 2 }),
        ModelInferRequest: message(
          {
            model_name: ["string", 1],
            model_version: ["string", 2],
            id: ["string", 3],
            inputs: ["InferTensor", 5, "repeated"],
            outputs: ["InferRequestedOutput", 6, "repeated"],
            raw_input_contents: ["bytes", 7, "repeated"],
          },
          { parameters: 4 },
        ),
        ModelInferResponse: message(
          {
            model_name: ["string", 1],
            model_version: ["string", 2],
            id: ["string", 3],
            outputs: ["InferTensor", 5, "repeated"],
            raw_output_contents: ["bytes", 6, "repeated"],
          },
          { parameters: 4 },
        ),
        ModelMetadataRequest: message({ name: ["string", 1], version: ["string", 2] }),
        TensorMetadata: message(
          { name: ["string", 1], datatype: ["string", 2], shape: ["int64", 3, "repeated"] },
          { parameters: 4 },
        ),
        ModelMetadataResponse: message(
          {
            name: ["string", 1],
            versions: ["string", 2, "repeated"],
            platform: ["string", 3],
            inputs: ["TensorMetadata", 4, "repeated"],
            outputs: ["TensorMetadata", 5, "repeated"],
          },
          { parameters: 6 },
        ),
        GRPCInferenceService: {
          methods: {
            ModelInfer: { requestType: "ModelInferRequest", responseType: "ModelInferResponse" },
            ModelMetadata: { requestType: "ModelMetadataRequest", responseType: "ModelMetadataResponse" },
          },
        },
      },
    },
  },
};

/** Makes clients of the service. Loaded when it is needed. */
export async function inferenceService(): Promise<ServiceClientConstructor> {
  const { loadPackageDefinition } = await import("@grpc/grpc-js");
  const { fromJSON } = await import("@grpc/proto-loader");
  const definition = fromJSON(DESCRIPTION as unknown as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    longs: Number,
    defaults: true,
    oneofs: true,
  });
  const { inference } = loadPackageDefinition(definition) as { inference: GrpcObject };
  return inference.GRPCInferenceService as ServiceClientConstructor;
}
