import { cpuFeatures } from "../cpu_features.ts";

/** The instructions that TensorFlow's x86-64 builds use without asking, as far as they are missing. */
export function lacksInstructions(): string | undefined {
  const features = cpuFeatures();
  if (Deno.build.arch !== "x86_64" || features.length === 0) return undefined;
  return features.includes("avx") ? undefined : "AVX";
}
