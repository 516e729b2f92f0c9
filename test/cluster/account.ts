import { kubeconfig } from "../kubeconfig";
import { apply, kubectl } from "./clusterStack";

const RBAC = "rbac.authorization.k8s.io";

/** Rules of one who may look at Deployments and their pods, but at neither events nor logs. */
export const PODS_ALONE = [
  { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
];

/** A ServiceAccount of a test's namespace that has the rights of a Role of its name. */
export class Account {
  constructor(
    private readonly namespace: string,
    private readonly name: string,
  ) {}

  async init(rules: object[]): Promise<this> {
    const { name, namespace } = this;
    const metadata = { name, namespace };
    const roleRef = { apiGroup: RBAC, kind: "Role", name };
    const subjects = [{ kind: "ServiceAccount", ...metadata }];
    await apply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    await apply({ apiVersion: `${RBAC}/v1`, kind: "RoleBinding", metadata, roleRef, subjects });
    await this.allow(rules);
    return this;
  }

  /** Gives it these rights, and no others. */
  allow(rules: object[]): Promise<void> {
    const { name, namespace } = this;
    return apply({ apiVersion: `${RBAC}/v1`, kind: "Role", metadata: { name, namespace }, rules });
  }

  /** A new token of it. */
  async token(): Promise<string> {
    return (await kubectl("--namespace", this.namespace, "create", "token", this.name)).trim();
  }

  async kubeconfig(): Promise<string> {
    return kubeconfigOf({ token: await this.token() });
  }
}

/** A kubeconfig of the test's cluster with another user. */
export async function kubeconfigOf(user: object): Promise<string> {
  const view = await kubectl("config", "view", "--minify", "--raw", "--flatten", "--output", "json");
  const { server, "certificate-authority-data": authority } = JSON.parse(view).clusters[0].cluster;
  return kubeconfig(server, user, authority);
}
