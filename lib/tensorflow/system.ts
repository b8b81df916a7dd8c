import { availableParallelism, cpus } from "node:os";
import { cpuFeatures } from "./cpu_features.ts";

export type System = {
  os: string;
  arch: string;
  deno: string;
  processor: string;
  /** The processor's vector instructions that matter here; empty where nobody tells. */
  instructions: string[];
  cores: number;
  /** Bytes. */
  memory: { available: number; total: number };
};

/** What this machine is. */
export function describeSystem(): System {
  const { available, total } = Deno.systemMemoryInfo();
  const features = cpuFeatures();
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    deno: Deno.version.deno,
    processor: cpus()[0]?.model.trim() || "unknown",
    instructions: instructions.filter(([name]) => features.includes(name)).map(([, title]) =>
      title
    ),
    cores: availableParallelism(),
    memory: { available, total },
  };
}

/** Linux's names of processor features, and those that people use. */
const instructions = [
  ["avx", "AVX"],
  ["avx2", "AVX2"],
  ["fma", "FMA"],
  ["avx512f", "AVX-512"],
  ["avx512_bf16", "AVX-512 BF16"],
  ["amx_bf16", "AMX BF16"],
  ["asimd", "NEON"],
  ["bf16", "BF16"],
];
