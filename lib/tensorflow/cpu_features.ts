/** The processor's features by the names Linux gives them; empty where nobody tells. */
export function cpuFeatures(): string[] {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    return /^(?:flags|Features)\s*:\s*(.+)$/m.exec(text)?.[1].split(" ") ?? [];
  } catch {
    return [];
  }
}
