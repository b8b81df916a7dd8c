/** How long runs with the shipped model take before one like them is finished, from the demo's record. */
import { join } from "node:path";
import { median } from "simple-statistics";
import { z } from "zod";
import { resultOf } from "specialist/evaluation";
import {
  dataFile,
  readJson,
  type RunRecord,
  runRecordSchema,
} from "specialist/internal/runtime/mod.ts";
import { shippedModel } from "specialist/train_config.ts";
import type { PlannedRun } from "./plan.ts";
import { type Estimate, secondsOf } from "./run_state.ts";

/** What decides how long a run takes, in a record too. */
const workSchema = z.looseObject({
  training: z.looseObject({
    steps: z.number(),
    batchSize: z.number(),
    accumulate: z.number().default(1),
  }),
  sampling: z.looseObject({ steps: z.number(), guidanceScale: z.number() }),
  evaluation: z.looseObject({
    concepts: z.number().default(128),
    kinds: z.array(z.string()).default([]),
    kindConcepts: z.number().default(0),
    every: z.number().optional(),
    at: z.array(z.number()).optional(),
    curveConcepts: z.number().default(0),
  }),
  strength: z.looseObject({ keepContent: z.number(), concepts: z.number() }).optional(),
});

/** How often a run does what takes its time. */
type Work = {
  /** Images trained on, over all steps. */
  trained: number;
  /** Denoising steps of single images, before and after training and for the curves. */
  drawn: number;
  /** Of the images that its strength is chosen by, at each strength. */
  chosen: number;
};

function workOf(config: unknown): Work {
  const { training, sampling, evaluation, strength } = workSchema.parse(config);
  const each = sampling.steps * (sampling.guidanceScale > 1 ? 2 : 1);
  const { concepts, kinds, kindConcepts, every = training.steps, at, curveConcepts } = evaluation;
  const points = 1 + (at ? at.length + 1 : Math.ceil(training.steps / every));
  return {
    trained: training.steps * training.batchSize * training.accumulate,
    drawn: each *
      (2 * concepts + 2 * kinds.length * Math.min(kindConcepts, concepts) + points * curveConcepts),
    chosen: strength && strength.keepContent > 0 ? each * strength.concepts : 0,
  };
}

/** Seconds for each of a run's work, and for all that runs have in common. */
type Rates = Work & { rest: number };

const demoRecord = dataFile(join("..", "results", "demo", "openmoji.json"));

async function shippedRates(): Promise<Rates> {
  const record = await readJson(demoRecord, runRecordSchema);
  const work = workOf(record.config);
  const { phases, trainingSeconds } = resultOf(record);
  const inPhases = (...names: string[]) =>
    phases.filter(({ name }) => names.includes(name)).reduce(
      (sum, { seconds }) => sum + seconds,
      0,
    );
  const drawing = inPhases("Drawing before", "Drawing after", "Training") - trainingSeconds;
  const choosing = inPhases("Choosing the strength");
  return {
    trained: trainingSeconds / work.trained,
    drawn: drawing / work.drawn,
    chosen: choosing / work.chosen,
    rest: secondsOf(record)! - trainingSeconds - drawing - choosing,
  };
}

const secondsAt = (rates: Rates, { trained, drawn, chosen }: Work) =>
  rates.trained * trained + rates.drawn * drawn + rates.chosen * chosen + rates.rest;

/** An estimate for any run of the shipped model, and what it is taken from. */
export type ShippedEstimate = { estimate: Estimate; source: string };

/**
 * Finished runs with the shipped model, of whatever method, say how fast this machine is; before there is
 * one, a short computation does.
 *
 * @param speed how fast this machine is, compared with the one of the demo's record
 */
export async function shippedEstimate(
  records: readonly RunRecord[],
  runs: readonly Pick<PlannedRun, "identity">[],
  speed: () => number = machineSpeed,
): Promise<ShippedEstimate> {
  const rates = await shippedRates();
  const models = new Set(runs.map(({ identity }) => identity.datasets.model));
  const factors = records.flatMap((record) => {
    const seconds = secondsOf(record);
    const isAlike = models.has(record.datasets.model) &&
      workSchema.safeParse(record.config).success;
    return seconds !== undefined && isAlike
      ? [seconds / secondsAt(rates, workOf(record.config))]
      : [];
  });
  const factor = factors.length > 0 ? median(factors) : 1 / speed();
  return {
    estimate: ({ config }) =>
      config.model === shippedModel && config.size === undefined
        ? factor * secondsAt(rates, workOf(config))
        : undefined,
    source: factors.length > 0
      ? "the demo's shipped record and this machine's finished runs"
      : "the demo's shipped record and a short test of this machine",
  };
}

/** Milliseconds that the short computation takes on the machine of the demo's record. */
const shippedMilliseconds = 3.35;

/** Multiplies and adds on one core; the fastest of some times, since other programs run too. */
function machineSpeed(): number {
  const values = Float64Array.from({ length: 4096 }, (_, i) => 1 / (i + 1));
  const once = () => {
    const start = performance.now();
    let sum = 0;
    for (let round = 0; round < 1000; round++) {
      for (let i = 0; i < values.length; i++) sum += values[i] * values[values.length - 1 - i];
    }
    return sum > 0 ? performance.now() - start : NaN;
  };
  return shippedMilliseconds / Math.min(...Array.from({ length: 20 }, once));
}
