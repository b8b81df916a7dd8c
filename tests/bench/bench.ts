/** Measures this project and PyTorch in turn, each time in a fresh process. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  cacheFolder,
  confine,
  createProgress,
  gitCommit,
  pythonEnvironment,
  readJson,
} from "specialist/internal/runtime/mod.ts";
import { sizeOf } from "specialist/internal/runtime/units.ts";
import { describeSystem } from "specialist/internal/tensor/machine.ts";
import { unetConfigSchema, unetSpecs } from "specialist/models";
import type { BenchConfig } from "../options.ts";
import { type BenchCase, benchCases, type Work } from "./cases.ts";
import type { RandomModelName } from "./random_models.ts";
import {
  type BenchRecord,
  type Measurement,
  measurementSchema,
  readBenchRecord,
  type Side,
  writeBenchRecord,
} from "./record.ts";
import { benchTable, writeSummary } from "./summary.ts";

const weights = "diffusion_pytorch_model.safetensors";

/** Where the repository has the records of all cases. */
const committed = "results/bench";

/**
 * Writes a record of each case when it is done, and table and figure in the end. Cases without a record
 * there are shown from the repository's; the table says which ones are new.
 */
export async function runBench(config: BenchConfig, signal?: AbortSignal): Promise<void> {
  const { output, seconds } = config;
  const all = benchCases(join(cacheFolder(), "bench"));
  const chosen = all.filter(({ name }) => config.cases.includes(name));
  const python = chosen.length > 0 && config.pytorch ? await findPython(config.python) : undefined;
  for (const { made, work } of chosen) {
    if (made && "folder" in work) await makeModel(made, work.folder);
  }

  const visits = chosen.flatMap((it) => visitsOf(it, python !== undefined));
  const progress = createProgress({ label: "Measuring", total: visits.length, unit: "processes" });
  let done = 0;
  try {
    for (const benchCase of chosen) {
      const record = await emptyRecord(benchCase);
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
    const record = await readBenchRecord(output, name) ?? await readBenchRecord(committed, name);
    if (record) records.push(record);
  }
  const fresh = new Set(chosen.map(({ name }) => name));
  console.log(`\n${benchTable(records, "terminal", fresh)}\n`);
  console.log(`Table and figure: ${(await writeSummary(output, records, fresh)).join(", ")}`);
}

/**
 * Who measures a case, in order. Who comes second finds memory that the system has already given to
 * this machine, if it is a virtual one: so rounds begin with the one and the other in turn.
 */
function visitsOf({ rounds, compiled, alone }: BenchCase, pytorch: boolean): Side[] {
  const turn: Side[] = pytorch && !alone ? ["specialist", "pytorch"] : ["specialist"];
  return [
    ...Array.from({ length: rounds }, (_, i) => i % 2 === 0 ? turn : turn.toReversed()).flat(),
    ...compiled && pytorch ? ["torch.compile" as const] : [],
  ];
}

async function visit(
  { measurements, failures }: BenchRecord,
  side: Side,
  { work, laps }: BenchCase,
  options: MeasureOptions,
): Promise<void> {
  try {
    (measurements[side] ??= []).push(await measure(side, work, { ...options, laps }));
  } catch (error) {
    if (side === "specialist" || options.signal?.aborted) throw error;
    failures[side] = (error as Error).message;
  }
}

/** Undefined, with a line that says why, where there is no Python or no PyTorch. */
async function findPython(python: string): Promise<string | undefined> {
  try {
    return await pythonEnvironment({
      title: "PyTorch and diffusers",
      folder: join(cacheFolder(), "bench", "python"),
      requirements: join(import.meta.dirname!, "reference", "requirements.txt"),
      python,
    });
  } catch (error) {
    console.log(`Only our own times, for PyTorch cannot be had: ${(error as Error).message}`);
    return undefined;
  }
}

/** In a process of its own, whose memory is free again when the measurements begin. */
async function makeModel(name: RandomModelName, folder: string): Promise<void> {
  if (existsSync(join(folder, "unet", weights))) return;
  console.log(`Writing ${name}, a model with random weights, to ${folder}`);
  const program = join(import.meta.dirname!, "random_model.ts");
  const { args, env } = confine({ writes: [folder] });
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args, program, name, folder],
    env,
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${name} could not be written to ${folder}`);
}

/** Without the place of this machine's cache. */
async function emptyRecord({ name, title, work, made }: BenchCase): Promise<BenchRecord> {
  return {
    name,
    title,
    work: made && "folder" in work ? { ...work, folder: `${made}, with random weights` } : work,
    ...work.kind === "training step" && { parameters: await parametersOf(work.folder) },
    measurements: {},
    failures: {},
    system: describeSystem(),
    commit: gitCommit(),
    date: new Date().toISOString(),
  };
}

async function parametersOf(folder: string): Promise<number> {
  const config = await readJson(join(folder, "unet", "config.json"), unetConfigSchema);
  return Object.values(unetSpecs(config))
    .map(({ shape }) => sizeOf(shape))
    .reduce((sum, length) => sum + length, 0);
}

// Runs a side's program on a piece of work, and reads what it measured.

const folder = import.meta.dirname!;

type MeasureOptions = {
  seconds: number;
  /** As often at least, with the memory of each time. */
  laps?: number;
  /** The Python that has PyTorch. */
  python?: string;
  signal?: AbortSignal;
};

/** @throws Error with the program's last words if it fails */
async function measure(
  side: Side,
  work: Work,
  { seconds, laps, python, signal }: MeasureOptions,
): Promise<Measurement> {
  const args = [JSON.stringify(work), JSON.stringify({ budget: seconds, laps })];
  const reference = join(folder, "reference", "worker.py");
  const ours = confine({});
  const [program, ...before] = side === "specialist"
    ? [Deno.execPath(), ...ours.args, join(folder, "our_worker.ts")]
    : [python!, reference];
  const after = side === "torch.compile" ? ["--compile"] : [];
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...before, ...args, ...after],
    env: ours.env,
    signal,
  }).output();
  if (!success) {
    const words = new TextDecoder().decode(stderr).trim().split("\n");
    throw new Error(words.slice(-3).join("\n"));
  }
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return measurementSchema.parse(JSON.parse(lines.at(-1)!));
}
