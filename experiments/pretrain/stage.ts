/** A stage of pretraining, as a run that is recorded and resumed. */
import { join } from "node:path";
import { mean } from "simple-statistics";
import { z } from "zod";
import {
  createProgress,
  findRunRecord,
  libraryVersions,
  performRun,
  readJson,
  type Run,
  type RunIdentity,
  runIdOf,
  type RunRecord,
  writeAtomically,
} from "specialist/internal/runtime/mod.ts";
import { tf } from "specialist/internal/tensor/mod.ts";
import { loadParams, type ParameterSpecs, type Params, saveParams } from "specialist/models";
import {
  fit,
  trainingClock,
  type TrainingConfig,
  type TrainingTask,
  type Weights,
} from "specialist/training";

/** What all stages of a pretraining have in common. */
export type StageContext = {
  seed: number;
  /** SHA-256 of what is trained on. */
  datasets: Record<string, string>;
  backend: string;
  signal?: AbortSignal;
};

export type StageOptions = StageContext & {
  /** What is trained, for people and folders: "autoencoder". */
  name: string;
  /** All that decides the result, besides seed and data. */
  config: Record<string, unknown>;
  training: TrainingConfig;
  specs: ParameterSpecs;
  task(): TrainingTask;
  /** `loss` is the mean of the last hundred steps. */
  onStep?(step: number, weights: Weights, loss: number): void | Promise<void>;
};

type StageCost = {
  /** Mean loss of the last hundred steps. */
  loss: number;
  seconds: number;
};

type StageResult = StageCost & { params: Params };

/** Trains one part of the base model as a run of its own: once, and from where it was stopped. */
export async function stage(options: StageOptions): Promise<StageResult> {
  const { name, seed, training, backend, signal, specs } = options;
  const identity = identityOf(options);
  const record = await performRun({ identity, backend }, async (run) => {
    const task = options.task();
    const clock = await trainingClock(run);
    const recent = await recentLosses(clock.run);
    const progress = createProgress({
      label: `Training the ${name}`,
      total: training.steps,
      unit: "steps",
      initial: run.checkpoint?.step ?? 0,
    });
    clock.start();
    try {
      const params = await fit(task, training, {
        seed: `${seed} ${name}`,
        run: recent.run,
        signal,
        logEvery: 50,
        disposeParams: true,
        async onStep(step, loss, weights) {
          recent.add(loss);
          progress.update(step, { loss: recent.mean().toFixed(4) });
          await options.onStep?.(step, weights, recent.mean());
        },
      });
      await saveParams(file(run.folder), params, { dtype: "F32" });
      tf.dispose(params);
    } finally {
      progress.stop();
    }
    return { loss: recent.mean(), seconds: clock.seconds() };
  });
  return await load(record, specs);
}

/** A stage's result where it has been finished, by whichever process. */
export async function finishedStage(options: StageOptions): Promise<StageResult | undefined> {
  const record = await finishedRecord(options);
  return record && await load(record, options.specs);
}

/** The record of a finished stage, without its weights. */
export async function finishedRecord(options: StageOptions): Promise<RunRecord | undefined> {
  const record = await findRunRecord(join("runs", runIdOf(identityOf(options))));
  return record?.status === "finished" ? record : undefined;
}

function identityOf({ name, config, seed, datasets }: StageOptions): RunIdentity {
  return { kind: `pretrain-${name}`, config, seed, versions: libraryVersions(), datasets };
}

const file = (folder: string) => join(folder, "model.safetensors");

/** What a finished stage's record says of it. */
export function costOf({ results }: RunRecord): StageCost {
  const { loss, seconds } = results as StageCost;
  return { loss, seconds };
}

async function load(record: RunRecord, specs: ParameterSpecs): Promise<StageResult> {
  return { params: await loadParams(file(join("runs", record.id)), specs), ...costOf(record) };
}

// The mean loss of the last hundred steps, of those before an interruption too.

const count = 100;
const schema = z.array(z.number()).max(count);
const fileIn = (folder: string) => join(folder, "losses.json");

/** The losses of a run that resumes from its checkpoint, or starts. */
async function recentLosses(run: Run) {
  const losses = run.checkpoint ? await readJson(fileIn(run.checkpoint.folder), schema) : [];
  return {
    add(loss: number) {
      losses.push(loss);
      if (losses.length > count) losses.shift();
    },
    mean: () => mean(losses),
    /** The run, whose checkpoints hold the losses too. */
    run: {
      ...run,
      saveCheckpoint: (step, write) =>
        run.saveCheckpoint(step, async (folder) => {
          await write(folder);
          await writeAtomically(fileIn(folder), JSON.stringify(losses));
        }),
    } satisfies Run as Run,
  };
}
