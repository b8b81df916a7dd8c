/** A training that a notebook can watch, stop, look at, and go on with. */
import type { z } from "zod";
import type { Method } from "../methods/mod.ts";
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { interpolate, type Params } from "../nn/mod.ts";
import type { StepValue } from "../plots/mod.ts";
import { emojiDrawing, emojiTraining } from "../presets/mod.ts";
import type { Checkpoint } from "../records/mod.ts";
import { sample } from "../sampling/mod.ts";
import { tf } from "../tensorflow/mod.ts";
import { train, trainingSchema } from "../training/mod.ts";
import { stepsOf } from "./fast.ts";
import { interruptSignal } from "./interrupt.ts";
import { openPanel, type Panel } from "./panel.ts";

/** How to train, where it is not as for all emoji, and what to look at meanwhile. */
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
 * ```ts
 * const training = createTraining(method, { steps: 200, watch: "a castle in flat style" });
 * await training.run();
 * const [castle] = await draw(training.model(), ["a castle in flat style"]);
 * ```
 */
export function createTraining(
  method: Method,
  { seed = 0, watch, look, every = 50, learningRate, ...settings }: TrainingOptions = {},
): NotebookTraining {
  const config = trainingSchema.parse({
    ...emojiTraining,
    ...settings,
    learningRate: { ...emojiTraining.learningRate, ...learningRate },
  });
  const steps = config.steps = stepsOf(config.steps, 3);
  const losses: StepValue[] = [];
  let params = method.task.params;
  let checkpoint: Checkpoint | undefined;

  async function observe(step: number, model: StableDiffusion, panel: Panel): Promise<void> {
    await look?.(step, model);
    if (watch === undefined) return;
    const drawing = { ...emojiDrawing, steps: stepsOf(emojiDrawing.steps, 1) };
    const signal = interruptSignal();
    const [image] = await sample(model, { prompts: [watch], ...drawing, seed, signal });
    await panel.update(step, { picture: { image, caption: `${watch}, step ${step}` } });
  }

  return {
    losses,
    model(strength = 1) {
      if (strength === 1) return method.adapted(params);
      return method.adapted(interpolate(method.task.params, params, strength));
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
        if (losses.length === 0) await observe(0, method.adapted(params), panel);
        await train(method.task, config, {
          seed: `${seed} adapt`,
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
          async onStep(step, loss, weights) {
            losses.push({ step, value: loss });
            keep(weights.read());
            await panel.update(step, { loss });
            if (step % every === 0 || step === steps) {
              await observe(step, method.adapted(params), panel);
            }
          },
        }).then(keep);
      } finally {
        await panel.stop();
      }
    },
  };
}
