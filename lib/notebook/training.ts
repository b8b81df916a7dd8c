/** A training run that a notebook can watch, stop, look into, and resume. */
import type { z } from "zod";
import type { Shot } from "../data/mod.ts";
import { sample } from "../diffusion/mod.ts";
import type { Subject } from "../evaluation/mod.ts";
import type { StepValue } from "../figures/mod.ts";
import type { Checkpoint } from "../internal/runtime/mod.ts";
import { tf } from "../internal/tensor/mod.ts";
import { interpolate, type Params, type StableDiffusion } from "../models/mod.ts";
import {
  type Method,
  type MethodContext,
  prepareMethod,
  type Preset,
  stylePrompt,
  trainingOf,
} from "../specialist/mod.ts";
import { fit, fixedNoiseLoss, trainingSchema } from "../training/mod.ts";
import { interruptSignal, isFast, stepsOf } from "./display.ts";
import { openPanel, type Panel } from "./panel.ts";

/** What a method is trained on: a lab. */
export type TrainingLab = {
  model: StableDiffusion;
  style: { shots: readonly Shot[]; styleWords: string };
  /** Held-out concepts, for the loss on their true drawings. */
  subjects: readonly Subject[];
  preset: Preset;
  guide: NonNullable<MethodContext["guide"]>;
  captions: NonNullable<MethodContext["captionIndex"]>;
  /** Whether each is available; `guide` and `captions` need the guide. */
  has(name: "guide" | "judge"): boolean;
  cache?: MethodContext["cache"];
};

/** What a method in a lab works with; a method that needs a guide and has none says so itself. */
export function contextOf(lab: TrainingLab): MethodContext {
  const { model, style: { shots, styleWords }, preset, cache } = lab;
  return {
    ...{ model, shots, styleWords, preset, cache },
    sampling: preset.sampling,
    ...(lab.has("guide") && { guide: lab.guide, captionIndex: lab.captions }),
    signal: interruptSignal(),
  };
}

/** How to train, where it is not as in the preset, and what to look at meanwhile. */
export type TrainingOptions = Partial<z.input<typeof trainingSchema>> & {
  seed?: number;
  /** A prompt that is drawn at each point of the curves, to see the style come. */
  watch?: string;
  /** Called with the model at each point of the curves. */
  look?(step: number, model: StableDiffusion): void | Promise<void>;
  /** Steps between points of the curves, besides the start and the end; 50 by default. */
  every?: number;
};

export type NotebookTraining = {
  /** What the style is called in the adapted model's prompts. */
  styleWords: string;
  /** The number of trainable parameters. */
  size: number;
  /**
   * Trains to the end, or until the cell is stopped; then it keeps what it has, and resumes when it is
   * called again. At the end it does nothing more.
   *
   * @throws the reason why the cell was stopped
   */
  run(): Promise<void>;
  /**
   * The model as it is now; later steps do not change it.
   *
   * @param strength how far to go from the base model's weights (0) to the learned ones (1, the default)
   */
  model(strength?: number): StableDiffusion;
  /** The loss of each step so far. */
  losses: StepValue[];
  /**
   * The mean squared error on fixed noise and timesteps, at regular intervals: on the shots,
   * and on true drawings of held-out concepts where they are known.
   */
  curves: { shots: StepValue[]; heldOut: StepValue[] };
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
  { seed = 0, watch, look, every = 50, ...settings }: TrainingOptions = {},
): Promise<NotebookTraining> {
  const { preset } = lab;
  const prepared = await prepareMethod(method, contextOf(lab));
  const config = trainingSchema.parse(trainingOf(method, preset, settings));
  const steps = config.steps = stepsOf(config.steps, 3);
  if (isFast) config.sharesEvery = 0;
  const losses: StepValue[] = [];
  const curves: NotebookTraining["curves"] = { shots: [], heldOut: [] };
  const measures = fixedLosses(lab, prepared.styleWords, seed);
  let params = prepared.task.params;
  let checkpoint: Checkpoint | undefined;

  async function observe(step: number, model: StableDiffusion, panel: Panel): Promise<void> {
    for (const [name, measure] of measures) {
      const value = measure(model);
      if (curves[name].at(-1)?.step !== step) curves[name].push({ step, value });
    }
    await look?.(step, model);
    if (watch === undefined) return;
    const drawing = { ...preset.sampling, steps: stepsOf(preset.sampling.steps, 1) };
    const signal = interruptSignal();
    const [image] = await sample(model, { prompts: [watch], ...drawing, seed, signal });
    await panel.update(step, { image: { image, caption: `${watch}, step ${step}` } });
  }

  return {
    losses,
    curves,
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
        if (losses.length === steps && checkpoint) {
          await Deno.remove(checkpoint.folder, { recursive: true });
          checkpoint = undefined;
        }
      }
    },
  };
}

/** What the curves are made of. */
function fixedLosses(
  { model, style, subjects }: TrainingLab,
  styleWords: string,
  seed: number,
): ["shots" | "heldOut", ReturnType<typeof fixedNoiseLoss>][] {
  const known = subjects.flatMap(({ item, truth }) =>
    truth ? [{ image: truth, caption: item }] : []
  );
  const lossOn = (shots: readonly Shot[]) =>
    fixedNoiseLoss(model, {
      images: shots.map(({ image }) => image),
      captions: shots.map(({ caption }) => stylePrompt(caption, styleWords)),
      seed,
    });
  const sets = { shots: style.shots, heldOut: known };
  return (["shots", "heldOut"] as const)
    .filter((name) => sets[name].length > 0)
    .map((name) => [name, lossOn(sets[name])]);
}
