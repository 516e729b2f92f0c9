import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { HOST } from "./clusterStack";

/** Makes a certificate for this machine's address, which is its own authority, in a folder. */
export function certificate(folder: string): { key: string; cert: string } {
  const [key, cert] = [join(folder, "tls.key"), join(folder, "tls.crt")];
  const options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test"];
  const more = ["-addext", `subjectAltName=IP:${HOST}`, "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...options, ...more], { stdio: "ignore" });
  return { key, cert };
}
