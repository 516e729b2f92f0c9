import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names this machine in the state, so that a colleague's `up` knows that the server runs elsewhere: the host name and a
 * hash of the operating system's machine id (`machine-id(5)` asks not to publish the id itself). `MODELSERVE_MACHINE_ID`
 * replaces it, for containers and CI runners whose id changes with each run.
 */
export function machineId(): string {
  if (process.env.MODELSERVE_MACHINE_ID) return process.env.MODELSERVE_MACHINE_ID;
  const id = read("/etc/machine-id") ?? read("/var/lib/dbus/machine-id");
  return id ? `${hostname()}/${createHash("sha256").update(`modelserve ${id}`).digest("hex").slice(0, 8)}` : hostname();
}

/** Changes with every boot: no process of another boot is still there, whatever its pid. */
export function bootId(): string {
  return read("/proc/sys/kernel/random/boot_id") ?? bootSession();
}

/** macOS has no such file, but the same by `sysctl`. */
function bootSession(): string {
  return execFileSync("sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8" }).trim();
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
