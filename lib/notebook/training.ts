/** A training run that a notebook can watch, stop, look into, and resume. */
import type { z } from "zod";
import { sample } from "../diffusion/mod.ts";
import type { StepValue } from "../figures/mod.ts";
import type { Checkpoint } from "../internal/runtime/mod.ts";
import { tf } from "../internal/tensor/mod.ts";
import { interpolate, type Params, type StableDiffusion } from "../models/mod.ts";
import {
  learningRateOf,
  type Method,
  type MethodContext,
  prepareMethod,
  type Preset,
  type Shot,
} from "../specialist/mod.ts";
import { fit, trainingSchema } from "../training/mod.ts";
import { interruptSignal, stepsOf } from "./display.ts";
import { openPanel, type Panel } from "./panel.ts";

/** What a method is trained on: a lab. */
export type TrainingLab = {
  model: StableDiffusion;
  style: { shots: readonly Shot[]; styleWords: string };
  preset: Preset;
  guide: NonNullable<MethodContext["guide"]>;
  captions: NonNullable<MethodContext["captionIndex"]>;
};

/** How to train, where it is not as in the preset, and what to look at meanwhile. */
export type TrainingOptions = Partial<z.input<typeof trainingSchema>> & {
  seed?: number;
  /** A prompt that is drawn now and then, to see the style come. */
  watch?: string;
  /** Sees the model at the start, every so many steps, and at the end. */
  look?(step: number, model: StableDiffusion): void | Promise<void>;
  /** Steps from one look to the next. */
  every?: number;
};

export type NotebookTraining = {
  /** What the style is called in the adapted model's prompts. */
  styleWords: string;
  /** How many numbers are trained. */
  size: number;
  /**
   * Trains to the end, or until the cell is stopped; then it keeps what it has, and goes on when it is
   * called again. At the end it does nothing more.
   *
   * @throws the reason why the cell was stopped
   */
  run(): Promise<void>;
  /**
   * The model as it is now, which later steps leave as it is.
   *
   * @param strength how far to go from the base model's weights (0) to the learned ones (1, the default)
   */
  model(strength?: number): StableDiffusion;
  /** Of each step so far. */
  losses: StepValue[];
};

/**
 * Prepares a run of a method in a lab, which is kept in memory only; `train` keeps runs in folders.
 *
 * ```ts
 * const training = await createTraining(lab, specialist(), { watch: "a castle in flat style" });
 * await training.run();
 * const [castle] = await draw(training.model(), ["a castle in flat style"]);
 * ```
 */
export async function createTraining(
  lab: TrainingLab,
  method: Method,
  { seed = 0, watch, look, every = 50, learningRate, ...settings }: TrainingOptions = {},
): Promise<NotebookTraining> {
  const { preset, style, model: base } = lab;
  const prepared = await prepareMethod(method, {
    model: base,
    shots: style.shots,
    styleWords: style.styleWords,
    sampling: preset.sampling,
    preset,
    guide: lab.guide,
    captionIndex: lab.captions,
    signal: interruptSignal(),
  });
  const peak = learningRateOf(method, preset);
  const config = trainingSchema.parse({
    ...preset.training,
    ...settings,
    learningRate: { ...preset.training.learningRate, peak, ...learningRate },
  });
  const steps = config.steps = stepsOf(config.steps, 3);
  const losses: StepValue[] = [];
  let params = prepared.task.params;
  let checkpoint: Checkpoint | undefined;

  async function observe(step: number, model: StableDiffusion, panel: Panel): Promise<void> {
    await look?.(step, model);
    if (watch === undefined) return;
    const drawing = { ...preset.sampling, steps: stepsOf(preset.sampling.steps, 1) };
    const signal = interruptSignal();
    const [image] = await sample(model, { prompts: [watch], ...drawing, seed, signal });
    await panel.update(step, { picture: { image, caption: `${watch}, step ${step}` } });
  }

  return {
    losses,
    styleWords: prepared.styleWords,
    size: Object.values(prepared.task.params).reduce((sum, { size }) => sum + size, 0),
    model(strength = 1) {
      if (strength === 1) return prepared.adapted(params);
      return prepared.adapted(interpolate(prepared.task.params, params, strength));
    },
    async run() {
      if (losses.length === steps) return;
      const panel = await openPanel({
        label: "Training",
        total: steps,
        unit: "steps",
        initial: losses.length,
      });
      // Those from before may be in a model that the notebook still has.
      let own: Params | undefined;
      const keep = (current: Params) => {
        if (own) tf.dispose(own);
        params = own = current;
      };
      try {
        if (losses.length === 0) await observe(0, prepared.adapted(params), panel);
        await fit(prepared.task, config, {
          seed: `${seed} train`,
          signal: interruptSignal(),
          run: {
            checkpoint,
            log: () => Promise.resolve(),
            async saveCheckpoint(step, write) {
              const folder = await Deno.makeTempDir({ prefix: "specialist-training-" });
              await write(folder);
              if (checkpoint) await Deno.remove(checkpoint.folder, { recursive: true });
              checkpoint = { step, folder };
            },
          },
          async onStep(step, loss, weights, { values, shares }) {
            losses.push({ step, value: loss });
            keep(weights.read());
            await panel.update(step, { loss, losses: values, shares });
            if (step % every === 0 || step === steps) {
              await observe(step, prepared.adapted(params), panel);
            }
          },
        }).then(keep);
      } finally {
        await panel.stop();
      }
    },
  };
}
