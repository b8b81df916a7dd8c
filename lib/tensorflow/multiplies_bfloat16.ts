import { cpuFeatures } from "./cpu_features.ts";

/** Whether the processor has instructions for bfloat16; without them, float32 is much faster. */
export async function multipliesBfloat16(): Promise<boolean> {
  const features = await cpuFeatures();
  return ["avx512_bf16", "amx_bf16", "bf16"].some((name) => features.includes(name));
}
