/**
 * A kubeconfig with one cluster, one user and one context, each named `test`.
 *
 * @param authority certificate authority of the cluster, in base64; without one its certificate is not checked.
 */
export function kubeconfig(server: string, user: object = {}, authority?: string): string {
  const trust = authority ? { "certificate-authority-data": authority } : { "insecure-skip-tls-verify": true };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, ...trust } }],
    users: [{ name: "test", user }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}
