/** Measures this project and PyTorch in turn, each time in a fresh process. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "specialist/files/mod.ts";
import { createProgress } from "specialist/progress/mod.ts";
import { gitCommit } from "specialist/records/mod.ts";
import { describeSystem } from "specialist/tensorflow/system.ts";
import { type BenchRecord, readBenchRecord, writeBenchRecord } from "./bench_record.ts";
import { type BenchCase, benchCases } from "./cases.ts";
import type { BenchConfig } from "./config.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import type { Side } from "./measurement.ts";
import { pythonEnvironment } from "./python_environment.ts";
import { benchTable, writeSummary } from "./summary.ts";

/** Writes a record of each case when it is done, and table and figure in the end. */
export async function bench(config: BenchConfig, signal?: AbortSignal): Promise<void> {
  const { output, seconds } = config;
  const large = join(cacheFolder(), "bench", "sd-v1-unet");
  const all = benchCases(large);
  const chosen = all.filter(({ name }) => config.cases.includes(name));
  const python = chosen.length > 0 && config.pytorch ? await findPython(config.python) : undefined;
  if (chosen.some(({ work }) => work.folder === large)) await makeLargeModel(large);

  const visits = chosen.flatMap((it) => visitsOf(it, python !== undefined));
  const progress = createProgress({ label: "Measuring", total: visits.length, unit: "processes" });
  let done = 0;
  try {
    for (const benchCase of chosen) {
      const record = emptyRecord(benchCase, large);
      for (const side of visitsOf(benchCase, python !== undefined)) {
        signal?.throwIfAborted();
        progress.update(done++, { now: `${benchCase.name}, ${side}` });
        await visit(record, side, benchCase, { seconds, python, signal });
      }
      await writeBenchRecord(output, record);
    }
    progress.update(done);
  } finally {
    progress.stop();
  }

  const records: BenchRecord[] = [];
  for (const { name } of all) {
    const record = await readBenchRecord(output, name);
    if (record) records.push(record);
  }
  console.log(`\n${benchTable(records, "terminal")}\n`);
  console.log(`Table and figure: ${(await writeSummary(output, records)).join(", ")}`);
}

/** Who measures a case, in order. */
function visitsOf({ rounds, compiled }: BenchCase, pytorch: boolean): Side[] {
  const turn: Side[] = pytorch ? ["specialist", "pytorch"] : ["specialist"];
  return [
    ...Array.from({ length: rounds }, () => turn).flat(),
    ...compiled && pytorch ? ["torch.compile" as const] : [],
  ];
}

async function visit(
  { measurements, failures }: BenchRecord,
  side: Side,
  { work }: BenchCase,
  options: MeasureOptions,
): Promise<void> {
  try {
    (measurements[side] ??= []).push(await measure(side, work, options));
  } catch (error) {
    if (side === "specialist" || options.signal?.aborted) throw error;
    failures[side] = (error as Error).message;
  }
}

/** Undefined, with a line that says why, where there is no Python or no PyTorch. */
async function findPython(python: string): Promise<string | undefined> {
  try {
    return await pythonEnvironment(python);
  } catch (error) {
    console.log(`Only our own times, for PyTorch cannot be had: ${(error as Error).message}`);
    return undefined;
  }
}

async function makeLargeModel(folder: string): Promise<void> {
  if (existsSync(join(folder, "unet", "diffusion_pytorch_model.safetensors"))) return;
  console.log(`Writing a model of 3.4 GB to ${folder}`);
  // In a process of its own, whose memory is free again when the measurements begin.
  const program = join(import.meta.dirname!, "large_model.ts");
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program, folder],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`the large model could not be written to ${folder}`);
}

/** Without the place of this machine's cache. */
function emptyRecord({ name, title, work }: BenchCase, large: string): BenchRecord {
  return {
    name,
    title,
    work: work.folder === large ? { ...work, folder: "a U-Net with random weights" } : work,
    measurements: {},
    failures: {},
    system: describeSystem(),
    commit: gitCommit(),
    date: new Date().toISOString(),
  };
}
