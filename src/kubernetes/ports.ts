/** Ports of the Services, and of a server that has one for each. */
export const PORTS = { http: 8080, grpc: 8081, metrics: 8082 };
