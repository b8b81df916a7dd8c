import { readSystemFile } from "specialist/tensorflow/library/mod.ts";

/** The most memory that this process has held, in bytes; what it holds now where nobody tells. */
export function peakMemory(): number {
  return statusOf("VmHWM") ?? Deno.memoryUsage().rss;
}

/**
 * The memory that this process holds now, in bytes, without the files that it has mapped, as
 * TensorFlow's library, which the system drops and reads again as it likes.
 */
export function residentMemory(): number {
  return statusOf("RssAnon") ?? Deno.memoryUsage().rss;
}

/** Undefined where there is no such file: elsewhere than on Linux. */
function statusOf(field: string): number | undefined {
  const status = readSystemFile("/proc/self/status") ?? "";
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
