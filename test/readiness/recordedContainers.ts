import { at, backsOff, ended, pod, runs, warning } from "./objects";
import { inContainer, type Recorded } from "./recordedPods";

/** The fetch container ended with a message of fetch_model.sh, as rclone 1.75 makes them. */
function fetched(message: string): Recorded {
  return inContainer("fetch-model", backsOff(2, 1, "Error", `${message}\n`));
}

/** The reason is the end of a sentence that names the model. */
function notFetched(reason: string, path = "s3://models/iris"): Recorded[] {
  return [
    fetched(`The model cannot be fetched from ${path}: ${reason}`), // its size
    fetched(`The model could not be fetched from ${path}: ${reason}`),
  ];
}

/** No answer came, in the words of Amazon's library. */
function unanswered(why: string, endpoint = "https://store.example.org", path?: string): Recorded[] {
  const get = `Get "${endpoint}/models?delimiter=%2F&max-keys=1000&prefix="`;
  const attempts = "operation error S3: ListObjects, exceeded maximum number of attempts, 3,";
  return notFetched(`${attempts} https response error StatusCode: 0, request send failed, ${get}: ${why}`, path);
}

function prepared(message: string): Recorded {
  return inContainer("prepare-model", backsOff(2, 1, "Error", message));
}

function unfit(why: string): Recorded {
  return prepared(`The model cannot be served: ${why}.`);
}

function unready(message: string): Recorded {
  return { pods: [pod(at("server", runs()))], events: [warning("Unhealthy", message)] };
}

/** Paths that look like a store's answer. */
const ODD = [
  "s3://models/resnet-301/403",
  "s3://301/certificate/AccessDenied",
  "s3://InvalidToken/Forbidden/x509/EOF",
  "the secret `path`",
];

/** How containers end, and how the server answers. */
export const CONTAINERS: Record<string, Recorded[]> = {
  "no-bucket": notFetched("there is no such bucket. Correct `path`."),
  "no-object": [
    fetched("There is no object at or below s3://models/no-such-model. Correct `path`, or upload the model."),
    fetched("There is no object at or below the secret `path`. Correct `path`, or upload the model."),
  ],
  "model-too-large": [fetched("model is 836B, modelSize is 100B: set `modelSize` to more.")],
  "no-space": [
    ...notFetched(
      "failed to open writer: failed to create file: write /mnt/models/fetched/model.pkl: no space left on device",
    ),
    prepared("OSError: [Errno 28] No space left on device: '/mnt/models/unpacked.unfinished/a'\n"),
    unfit(
      "torch==2.9.1 cannot be installed beside the image's packages: ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    ),
  ],
  "no-keys": notFetched(
    "no keys were found. Give keys in `storage`, a `serviceAccountName` with an identity, or `storage.anonymous`.",
  ),
  "wrong-keys": [
    ...notFetched(
      "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ),
    ...notFetched("InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records."),
    ...notFetched("InvalidToken: The provided token is malformed or otherwise invalid."),
    ...notFetched("ExpiredToken: The provided token has expired."),
    ...notFetched("Unauthorized: Unauthorized"), // Cloudflare's R2
    ...ODD.flatMap((path) => notFetched("InvalidAccessKeyId: The key does not exist.", path)),
  ],
  "wrong-region": [
    ...notFetched(
      "AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    ),
    ...notFetched(
      "PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    ),
    ...notFetched("MovedPermanently: Moved Permanently"),
  ],
  "store-certificate": [
    ...unanswered("tls: failed to verify certificate: x509: certificate signed by unknown authority"),
    ...unanswered(
      "tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.9 because it doesn't contain any IP SANs",
      "https://10.0.0.9:9000",
    ),
    ...unanswered(
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-12-31T00:00:00Z",
    ),
  ],
  "store-denied": [
    ...notFetched("AccessDenied: Access Denied"),
    ...notFetched(
      'AccessDenied: User: arn:aws:sts::123456789012:assumed-role/models/1 is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::models" because no identity-based policy allows the s3:ListBucket action',
    ),
    ...notFetched("AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"),
    ...notFetched("Forbidden: Forbidden"),
    ...notFetched("AllAccessDisabled: All access to this object has been disabled"),
    ...ODD.flatMap((path) => notFetched("AccessDenied: Access Denied", path)),
  ],
  "store-busy": [
    ...notFetched("SlowDown: Please reduce your request rate."),
    ...notFetched("InternalError: We encountered an internal error. Please try again."),
    ...notFetched("ServiceUnavailable: Service Unavailable"),
    ...notFetched("TooManyRequests: Please reduce your request rate."),
    ...notFetched("BadGateway: Bad Gateway"),
    ...notFetched("GatewayTimeout: Gateway Timeout"),
  ],
  "store-network": [
    ...unanswered("dial tcp: lookup store.example.org on 10.96.0.10:53: no such host"),
    ...unanswered("dial tcp: lookup store.example.org on 10.96.0.10:53: server misbehaving"),
    ...unanswered("dial tcp 10.0.0.9:9000: connect: connection refused", "http://10.0.0.9:9000"),
    ...unanswered("dial tcp 10.0.0.9:9000: i/o timeout", "http://10.0.0.9:9000"),
    ...unanswered("read tcp 10.244.0.5:40301->10.0.0.9:40301: read: connection reset by peer", "http://10.0.0.9:40301"),
    ...unanswered("proxyconnect tcp: dial tcp 10.0.0.3:3128: connect: connection refused"),
    ...unanswered("EOF"),
    ...unanswered("tls: first record does not look like a TLS handshake"),
    ...notFetched("read tcp 10.244.0.5:49152->10.0.0.9:9000: i/o timeout"), // in the middle of an object
    ...notFetched("unexpected EOF"),
    ...notFetched("context deadline exceeded"),
    ...ODD.flatMap((path) => unanswered("dial tcp 10.0.0.9:9000: i/o timeout", "http://10.0.0.9:9000", path)),
  ],
  "fetch-failed": [
    ...notFetched("InvalidBucketName: The specified bucket is not valid."),
    ...notFetched("RequestTimeTooSkewed: The difference between the request time and the current time is too large."),
    ...notFetched(
      'failed to open source object: Object in GLACIER, restore first: bucket="models", key="iris/model.pkl"',
    ),
    ...ODD.flatMap((path) => notFetched("BadRequest: Bad Request", path)),
  ],

  "unreadable-model": [
    unfit("broken.pkl cannot be loaded: it is not a pickle (KeyError: 110)"),
    unfit("my model.pkl cannot be loaded: it is cut: the file ends in the middle of the pickle; copy or save it again"),
    prepared(
      '  File "/usr/lib/python3.10/zipfile.py", line 1336, in _RealGetContents\n    raise BadZipFile("File is not a zip file")\nzipfile.BadZipFile: File is not a zip file\n',
    ),
  ],
  "packages-not-installed": [
    unfit(
      "xgboost==9.9.9 cannot be installed beside the image's packages: ERROR: Could not find a version that satisfies the requirement xgboost==9.9.9 (from versions: none) ERROR: No matching distribution found for xgboost==9.9.9",
    ),
  ],
  "unfit-model": [
    unfit("the model imports herbarium, which the image does not have; use an image that has it"),
    unfit("there is nothing at /mnt/models/iris.pkl; correct `path`"),
    unfit("it holds several models (a.pkl, b.pkl): give the file to serve in `path`"),
    unfit(
      "the model was saved with scikit-learn 1.3.2, and the image has 1.5.2: use an image with 1.3.2, or set `allowVersionSkew` if you know that it works",
    ),
    unfit(
      "its requirements have -e ./code, which cannot be installed here: use an image that has it, or name releases with wheels in their place",
    ),
  ],
  "prepare-failed": [prepared("PermissionError: [Errno 13] Permission denied: '/mnt/models/model.unfinished'\n")],

  "wrong-answer": [
    inContainer(
      "server",
      ended(0, "Completed", "The sample request was answered wrong: predict[0][0]: expected 9, got 0"),
    ),
    inContainer(
      "server",
      backsOff(
        2,
        0,
        "Completed",
        'The sample request was answered wrong: it was answered by 500: {"error":"KeyError: 9"}',
      ),
    ),
  ],
  "model-does-not-load": [
    inContainer("server", ended(0, "Completed")),
    inContainer("server", backsOff(3, 0, "Completed")),
  ],
  "server-crashes": [
    inContainer("server", backsOff(2, 1, "Error", "ModuleNotFoundError: No module named 'mlserver_sklearn'\n")),
    inContainer("server", ended(139, "Error")),
    // What a container runtime says only when it does not start a container.
    inContainer("server", ended(1, "Error", 'exec: "git": executable file not found in $PATH\n')),
  ],
  "probe-answered-wrongly": [404, 401, 403, 500, 503].map((status) =>
    unready(`Startup probe failed: HTTP probe failed with statuscode: ${status}`),
  ),
  "model-not-ready": [unready("Startup probe failed: HTTP probe failed with statuscode: 400")], // while it loads
};
