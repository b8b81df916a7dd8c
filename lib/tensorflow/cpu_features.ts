import { readSystemFile } from "./library/mod.ts";

/** The processor's features by the names Linux gives them; empty where nobody tells. */
export function cpuFeatures(): string[] {
  const text = readSystemFile("/proc/cpuinfo") ?? "";
  return /^(?:flags|Features)\s*:\s*(.+)$/m.exec(text)?.[1].split(" ") ?? [];
}
