import type { types } from "@pulumi/kubernetes";

type PodSecurityContext = types.input.core.v1.PodSecurityContext;
type SecurityContext = types.input.core.v1.SecurityContext;

/** The user of MLServer's images, whose home is theirs alone. */
const USER = 1000;

/**
 * Passes the `restricted` Pod Security Standard. `assignIds: false` leaves user and groups to the platform, as OpenShift
 * wants it; what the user gives is merged over ours.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function podSecurityContext(assignIds: boolean, own: PodSecurityContext = {}): PodSecurityContext {
  const ids: PodSecurityContext = { runAsUser: USER, runAsGroup: USER, fsGroup: USER };
  return {
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
    ...(assignIds ? { ...ids, fsGroupChangePolicy: "OnRootMismatch" } : {}),
    ...own,
  };
}

/** For every container, the one that fetches included. */
export function securityContext(own: SecurityContext = {}): SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    ...own,
  };
}
