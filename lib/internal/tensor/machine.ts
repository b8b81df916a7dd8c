/** The machine: processor, memory, threads. */
import { availableParallelism, cpus } from "node:os";
import { z } from "zod";
import { readSystemFile } from "../runtime/library/mod.ts";
import { UserError } from "../runtime/mod.ts";

export type System = {
  os: string;
  arch: string;
  deno: string;
  processor: string;
  /** The processor's vector instructions that matter here; empty where unknown. */
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

const variable = "SPECIALIST_THREADS";
const countSchema = z.coerce.number().int().positive();

/**
 * How many threads TensorFlow may use: what `SPECIALIST_THREADS` says, or one for each core.
 *
 * @throws UserError where the variable is not a count
 */
export function threadBudget(): number {
  const text = Deno.env.get(variable);
  if (!text) return navigator.hardwareConcurrency;
  const { data } = countSchema.safeParse(text);
  if (data !== undefined) return data;
  throw new UserError({
    what: "not a number of threads",
    field: variable,
    value: text,
    remedy: "set it to a whole number of at least 1, or to nothing for one thread for each core",
  });
}

/** How threads work together. */
export type ThreadLayout = {
  threads: number;
  /** How many shares of a batch are computed side by side: see `inShards`. */
  shards: number;
  /** How many threads share out each op. */
  threadsPerOp: number;
};

/** Each share is traced by itself, which takes time. */
const maxShards = 4;

/** @param batch samples that are mostly computed together */
export function threadLayout(threads: number, batch: number): ThreadLayout {
  const shards = Math.min(threads, batch, maxShards);
  return { threads, shards, threadsPerOp: Math.ceil(threads / shards) };
}

/** The processor's features by the names Linux gives them; empty where unknown. */
export function cpuFeatures(): string[] {
  const text = readSystemFile("/proc/cpuinfo") ?? "";
  return /^(?:flags|Features)\s*:\s*(.+)$/m.exec(text)?.[1].split(" ") ?? [];
}

/**
 * The most memory that this process has held, in bytes; what it holds now where the peak is
 * unknown.
 */
export function peakMemory(): number {
  return statusOf("VmHWM") ?? Deno.memoryUsage().rss;
}

/** The most memory that another process has held, in bytes; undefined where unknown. */
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
