import { ClusterStack, NODE } from "../../test/cluster/clusterStack";
import type { Store } from "../../test/cluster/store";
import { reference } from "../reference";

/** What a row changes in a model that serves. */
export interface Variant {
  /** Folder of the model in the store. */
  model: "a" | "b";
  gzip: boolean;
  /** Two names of the same image. */
  image: "seldonio/mlserver:1.7.1-sklearn" | "docker.io/seldonio/mlserver:1.7.1-sklearn";
  replicas: number;
  autoscaling: boolean;
}

export const FIRST: Variant = {
  model: "a",
  gzip: false,
  image: "seldonio/mlserver:1.7.1-sklearn",
  replicas: 2,
  autoscaling: false,
};

type Program = (store: Store, variant: Variant) => string;

const keys = ({ endpoint, accessKeyId, secretAccessKey }: Store) => ({ endpoint, accessKeyId, secretAccessKey });

const ours =
  (workers: number): Program =>
  (store, { model, gzip, image, replicas, autoscaling }) =>
    `
const model = new ModelServe("iris", {
  kind: "sklearnserve", path: "s3://models/${model}/model.pkl", storage: ${JSON.stringify(keys(store))}, image: "${image}",
  namespace: process.env.TEST_NAMESPACE, nodeHost: "${NODE}", resources: { requests: { cpu: "50m", memory: "100Mi" } },
  serverSettings: { parallel_workers: ${workers}, gzip_enabled: ${gzip} },
  ${autoscaling ? "autoscaling: { minReplicas: 2, maxReplicas: 4 }" : `replicas: ${replicas}`},
});
exports.externalUrl = model.externalUrl;`;

const theirs: Program = (store, { model, gzip, ...variant }) =>
  reference(store, {
    path: `models/${model}/model.pkl`,
    variables: { MLSERVER_GZIP_ENABLED: String(gzip) },
    ...variant,
  });

export const TARGETS: Record<string, Program> = {
  "ModelServe, no worker": ours(0),
  "ModelServe, 1 worker": ours(1),
  "the reference's manifest": theirs,
};

/** A model that serves on the cluster, two pods at first, and is changed while it does. */
export class Target {
  variant = FIRST;
  readonly stack = new ClusterStack("");

  constructor(
    private readonly program: Program,
    private readonly store: Store,
  ) {}

  async init(): Promise<this> {
    await this.stack.init();
    return this;
  }

  /** Runs `pulumi up` with what is changed. */
  async change(change: Partial<Variant>): Promise<void> {
    this.variant = { ...this.variant, ...change };
    this.stack.write(this.program(this.store, this.variant));
    await this.stack.up();
  }
}
