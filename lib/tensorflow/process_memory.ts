import { readSystemFile } from "./library/mod.ts";

/** The most memory that this process has held, in bytes; what it holds now where nobody tells. */
export function peakMemory(): number {
  return statusOf("VmHWM") ?? Deno.memoryUsage().rss;
}

/** The most memory that another process has held, in bytes; undefined where nobody tells. */
export function peakMemoryOf(pid: number): number | undefined {
  return statusOf("VmHWM", pid);
}

/**
 * The memory that this process holds now, in bytes, without the files that it has mapped, as
 * TensorFlow's library, which the system drops and reads again as it likes.
 */
export function residentMemory(): number {
  return statusOf("RssAnon") ?? Deno.memoryUsage().rss;
}

/** Undefined where there is no such file: elsewhere than on Linux. */
function statusOf(field: string, process: number | "self" = "self"): number | undefined {
  const status = readSystemFile(`/proc/${process}/status`) ?? "";
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
