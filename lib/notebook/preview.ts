/** What a training run in a lab would see, before it is started. */
import { createRandom, createStreams } from "../data/mod.ts";
import { createScheduler } from "../diffusion/mod.ts";
import {
  completeMethod,
  type Method,
  prepareShots,
  type Shown,
  type Timesteps,
} from "../specialist/mod.ts";
import { contextOf, type TrainingLab } from "./training.ts";

/**
 * Shots as the first steps of a method would show them: transformed, cropped, and under the captions
 * that go with them.
 *
 * ```ts
 * await showImages(await previewShots(lab, specialist(), 16));
 * ```
 */
export async function previewShots(
  lab: TrainingLab,
  method: Method,
  count: number,
  seed: number | string = 0,
): Promise<Shown[]> {
  const { shots = {} } = completeMethod(method, lab.preset);
  const show = await prepareShots(shots, contextOf(lab));
  return show(createStreams(seed, 0), count);
}

/**
 * Timesteps as training would draw them in this lab, in ascending order.
 *
 * ```ts
 * previewTimesteps(lab, sparseTimesteps(), 500); // those that the sampler visits
 * ```
 */
export function previewTimesteps(
  { model, preset: { sampling } }: TrainingLab,
  { samplerSteps = sampling.steps, draw }: Timesteps,
  count: number,
): Int32Array {
  const scheduler = createScheduler(model.scheduler, samplerSteps, sampling);
  const at = {
    trainTimesteps: model.scheduler.num_train_timesteps,
    samplerTimesteps: scheduler.timesteps,
  };
  scheduler.dispose();
  return draw(createRandom("preview"), count, at).sort();
}
