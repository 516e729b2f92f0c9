import { waits } from "./objects";
import { inContainer, type Recorded } from "./recordedPods";

/** An image is not pulled: what the runtime said, and what Kubernetes makes of it while it waits to ask again. */
function notPulled(image: string, message: string, reason = "ErrImagePull"): Recorded[] {
  return [
    inContainer("server", waits(reason, message)),
    inContainer("fetch-model", waits("ImagePullBackOff", `Back-off pulling image "${image}": ${reason}: ${message}`)),
  ];
}

/** In the words of containerd, up to 2.0; since then it names what it pulls once. */
function containerd(image: string, why: string, code = "Unknown"): Recorded[] {
  const pull = `failed to pull and unpack image "${image}":`;
  return [
    ...notPulled(image, `rpc error: code = ${code} desc = ${pull} failed to resolve reference "${image}": ${why}`),
    ...notPulled(image, `${pull} failed to resolve image: ${why}`),
  ];
}

/** In the words of CRI-O. */
function crio(image: string, why: string): Recorded[] {
  return notPulled(image, `rpc error: code = Unknown desc = ${why}`);
}

/** What comes when the image is resolved already. */
function content(image: string, why: string): Recorded[] {
  return notPulled(image, `rpc error: code = Unknown desc = failed to pull and unpack image "${image}": ${why}`);
}

const DOCKER = "docker.io/seldonio/mlserver:1.7.1-sklearn";
const GITHUB = "ghcr.io/acme/mlserver:1";
const AMAZON = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mlserver:1";
const GOOGLE = "europe-docker.pkg.dev/acme/models/mlserver:1";
const AZURE = "acme.azurecr.io/mlserver:1";
const QUAY = "quay.io/acme/mlserver:1";
const OWN = "registry.example.org/mlserver:1";
/** Names that look like a registry's answer. */
const ODD = "registry.example.org/denied/unauthorized-403/forbidden:1";

const LIMIT =
  "You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit";
const LAYER = "sha256:50aa4698fa6262977cff89181b2664b99d8a56dbca847bf62f2ef04854597cf8";
const MANIFEST = `https://registry-1.docker.io/v2/seldonio/mlserver/manifests/${LAYER}`;

const head = (why: string) =>
  `failed to do request: Head "https://registry.example.org/v2/mlserver/manifests/1": ${why}`;
const head403 = (image: string) => {
  const [host, ...path] = (image.split(":")[0] ?? "").split("/");
  return `unexpected status from HEAD request to https://${host}/v2/${path.join("/")}/manifests/1: 403 Forbidden`;
};
const ping = (why: string) =>
  crio(OWN, `pinging container registry registry.example.org: Get "https://registry.example.org/v2/": ${why}`);
const token = (url: string, status: string, kind = "anonymous") =>
  `failed to authorize: failed to fetch ${kind} token: unexpected status from GET request to ${url}: ${status}`;

/** How images are not pulled, in the words of registries, container runtimes and Kubernetes. */
export const PULLS: Record<string, Recorded[]> = {
  "invalid-image-name": [
    inContainer(
      "server",
      waits(
        "InvalidImageName",
        'Failed to apply default image tag "registry.example.org/In Valid:1": couldn\'t parse image name "registry.example.org/In Valid:1": invalid reference format: repository name must be lowercase',
      ),
    ),
  ],
  "image-rate-limited": [
    ...content(
      DOCKER,
      `failed to copy: httpReadSeeker: failed open: unexpected status code ${MANIFEST}: 429 Too Many Requests - Server message: toomanyrequests: ${LIMIT}`,
    ),
    ...content(
      DOCKER,
      `failed to copy: httpReadSeeker: failed open: unexpected status from GET request to ${MANIFEST}: 429 Too Many Requests\ntoomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
    ),
    ...containerd(
      AMAZON,
      `unexpected status from HEAD request to https://${AMAZON.split("/")[0]}/v2/mlserver/manifests/1: 429 Too Many Requests`,
    ),
    ...crio(DOCKER, `reading manifest 1.7.1-sklearn in docker.io/seldonio/mlserver: toomanyrequests: ${LIMIT}`),
    ...notPulled(DOCKER, "pull QPS exceeded"),
  ],
  "image-network": [
    ...containerd(OWN, head("dial tcp: lookup registry.example.org on 10.96.0.10:53: no such host")),
    ...containerd(OWN, head("dial tcp: lookup registry.example.org on 10.96.0.10:53: server misbehaving")),
    ...containerd(OWN, head("dial tcp 192.0.2.1:443: i/o timeout")),
    ...containerd(OWN, head("dial tcp 192.0.2.1:443: connect: no route to host")),
    ...containerd(OWN, head("net/http: TLS handshake timeout")),
    ...containerd(OWN, head("remote error: tls: handshake failure")),
    ...containerd(OWN, head("http: server gave HTTP response to HTTPS client")),
    ...containerd(OWN, head("tls: failed to verify certificate: x509: certificate signed by unknown authority")),
    ...containerd(
      DOCKER,
      'failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token?scope=repository%3Aseldonio%2Fmlserver%3Apull&service=registry.docker.io": read tcp 10.0.0.4:49152->44.208.254.194:443: read: connection reset by peer',
    ),
    ...containerd(
      OWN,
      "unexpected status from HEAD request to https://registry.example.org/v2/mlserver/manifests/1: 503 Service Unavailable",
    ),
    ...content(OWN, `failed to copy: read tcp 10.0.0.4:49152->192.0.2.1:443: read: connection reset by peer`),
    ...content(OWN, `failed to extract layer ${LAYER}: unexpected EOF`),
    ...content(
      OWN,
      `failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://registry.example.org/v2/mlserver/blobs/${LAYER}": context canceled`,
    ),
    ...notPulled(OWN, `rpc error: code = Canceled desc = failed to pull and unpack image "${OWN}": context canceled`),
    ...notPulled(OWN, "rpc error: code = DeadlineExceeded desc = context deadline exceeded"),
    ...ping("tls: failed to verify certificate: x509: certificate signed by unknown authority"),
    ...ping("http: server gave HTTP response to HTTPS client"),
    ...ping("net/http: TLS handshake timeout"),
    ...ping("net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"),
    ...ping("proxyconnect tcp: dial tcp 10.0.0.3:3128: connect: connection refused"),
    ...ping("EOF"),
    ...ping("dial tcp: lookup registry.example.org: no such host"),
    ...notPulled(
      OWN,
      `image pull failed for ${OWN} because the registry is unavailable: received 502`,
      "RegistryUnavailable",
    ),
  ],
  "image-denied": [
    ...containerd(
      DOCKER,
      "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    ),
    ...containerd(
      GITHUB,
      token("https://ghcr.io/token?scope=repository%3Aacme%2Fmlserver%3Apull&service=ghcr.io", "401 Unauthorized"),
    ),
    ...containerd(
      GITHUB,
      token("https://ghcr.io/token?scope=repository%3Aacme%2Fmlserver%3Apull&service=ghcr.io", "403 Forbidden"),
    ),
    ...containerd(GITHUB, "failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden"), // 1.6
    ...containerd(
      AMAZON,
      "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
    ),
    ...containerd(AMAZON, head403(AMAZON)),
    ...containerd(
      GOOGLE,
      token(
        "https://europe-docker.pkg.dev/v2/token?scope=repository%3Aacme%2Fmodels%2Fmlserver%3Apull&service=europe-docker.pkg.dev",
        "403 Forbidden",
        "oauth",
      ),
    ),
    ...containerd(GOOGLE, head403(GOOGLE)),
    ...containerd(
      AZURE,
      token(
        "https://acme.azurecr.io/oauth2/token?scope=repository%3Amlserver%3Apull&service=acme.azurecr.io",
        "401 Unauthorized",
      ),
    ),
    ...crio(
      DOCKER,
      "reading manifest 1.7.1-sklearn in docker.io/seldonio/mlserver: requested access to the resource is denied",
    ),
    ...crio(GITHUB, "reading manifest 1 in ghcr.io/acme/mlserver: denied"),
    ...crio(GITHUB, "unable to retrieve auth token: invalid username/password: denied: denied"),
    ...crio(
      QUAY,
      "reading manifest 1 in quay.io/acme/mlserver: unauthorized: access to the requested resource is not authorized",
    ),
    ...crio(
      GOOGLE,
      'reading manifest 1 in europe-docker.pkg.dev/acme/models/mlserver: denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/acme/locations/europe/repositories/models" (or it may not exist)',
    ),
    ...crio(OWN, "Requesting bearer token: invalid status code from registry 403 (Forbidden)"),
  ],
  "wrong-architecture": content(OWN, "no match for platform in manifest: not found"),
  "image-missing": [
    ...containerd(DOCKER, `${DOCKER}: not found`, "NotFound"),
    ...containerd(AMAZON, `${AMAZON}: not found`, "NotFound"),
    ...containerd(GOOGLE, `${GOOGLE}: not found`, "NotFound"),
    ...containerd(ODD, `${ODD}: not found`, "NotFound"),
    ...crio(DOCKER, "reading manifest 1.7.1-sklearn in docker.io/seldonio/mlserver: manifest unknown"),
    ...crio(
      GOOGLE,
      'reading manifest 1 in europe-docker.pkg.dev/acme/models/mlserver: name unknown: Repository "models" not found',
    ),
    ...crio(
      AMAZON,
      `reading manifest 1 in ${AMAZON.split(":")[0]}: name unknown: The repository with name 'mlserver' does not exist in the registry with id '123456789012'`,
    ),
    inContainer(
      "server",
      waits("ErrImageNeverPull", `Container image "${OWN}" is not present with pull policy of Never`),
    ),
  ],
  "image-not-pulled": [
    inContainer("server", waits("ImagePullBackOff", `Back-off pulling image "${OWN}"`)), // Kubernetes up to 1.31
    ...content(
      OWN,
      `failed to extract layer ${LAYER}: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/9/fs/x: no space left on device`,
    ),
    ...notPulled(
      OWN,
      `image pull failed for ${OWN} because the signature validation failed: no signature`,
      "SignatureValidationFailed",
    ),
    inContainer(
      "server",
      waits("ImageInspectError", `Failed to inspect image "${OWN}": rpc error: code = Unknown desc = layer not known`),
    ),
  ],
};
