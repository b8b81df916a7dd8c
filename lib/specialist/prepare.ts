/** From a method and its inputs to something that can be trained. */
import { createRandom, type Random, type Streams } from "../data/mod.ts";
import { addNoise, createScheduler, noiseLevels, predictX0 } from "../diffusion/mod.ts";
import { type Tensor, type Tensor1D, tf } from "../internal/tensor/mod.ts";
import { normalTensor, offsetNoise, type Params, type StableDiffusion } from "../models/mod.ts";
import {
  type Batch,
  type BatchState,
  diffusionOf,
  type Noised,
  predictionErrors,
  readVariables,
  type Terms,
  type TrainingTask,
} from "../training/mod.ts";
import { createLearner } from "./learner.ts";
import {
  type Captioned,
  completeMethod,
  identifierOf,
  type Loss,
  type LossInput,
  type Method,
  type MethodContext,
  type Shots,
  trainablesOf,
} from "./method.ts";
import { prepareShots } from "./shots.ts";
import { denseTimesteps } from "./timesteps.ts";
import type { Addition } from "./trainable.ts";

/** The inputs of a step. */
export type MethodBatch = {
  /** Latents, noise and timesteps of the shots, and `texts`, their captions as the learner takes them. */
  shown: Noised & { texts: Tensor };
  /** What each of the step's losses prepared, by its name. */
  prepared: Record<string, Batch>;
};

/** A method that is ready to be trained on a model and some shots. */
export type PreparedMethod = {
  task: TrainingTask<MethodBatch>;
  /** What the style is called in the adapted model's prompts. */
  styleWords: string;
  /**
   * The model with the trained parameters in place. It shares their tensors, and those of the model
   * it started from.
   */
  adapted(params: Params): StableDiffusion;
  /** What was trained, where that is a small file added to an unchanged model. */
  addition?(params: Params): Addition;
};

/** Where images get their random draws from, by what is drawn. */
type DrawsOf = (purpose: "posterior" | "noise" | "timesteps") => Random;

/**
 * Prepares a method: looks up captions, sets up losses, and creates what learns.
 *
 * ```ts
 * const { task, adapted } = await prepareMethod(dreambooth(), { model, shots, styleWords, sampling });
 * const specialised = adapted(await fit(task, training, { seed: 0 }));
 * ```
 *
 * @throws UserError if the context lacks what a part of the method needs
 */
export async function prepareMethod(
  method: Method,
  context: MethodContext,
): Promise<PreparedMethod> {
  const { trainable, shots: showing = {}, timesteps = denseTimesteps(), losses } = context.preset
    ? completeMethod(method, context.preset)
    : method;
  const { model, shots } = context;
  const learner = createLearner(
    model,
    trainablesOf({ trainable }),
    identifierOf(showing) ?? context.styleWords,
  );
  const show = await prepareShots(showing, { ...context, styleWords: learner.styleWords });
  const states = new Map<Loss, unknown>();
  for (const loss of losses) states.set(loss, await loss.setUp?.(context));

  const noised = createNoising(context, showing, { timesteps, encode: learner.encode });
  const plainCaptions = shots.map(({ caption }) => caption);
  const dueAt = (step: number, batchSize: number) =>
    losses.filter((loss) => isDue(loss, { step, batchSize, shots: shots.length }));

  async function prepareLosses(
    streams: Streams,
    shown: readonly number[],
    { batchSize, variables }: BatchState,
  ): Promise<Record<string, Batch>> {
    const prepared: Record<string, Batch> = {};
    let params: Params | undefined;
    const now = () => learner.adapted(params ??= readVariables(variables));
    for (const loss of dueAt(streams.step, batchSize)) {
      const random = streams.at(`loss ${loss.name}`);
      prepared[loss.name] = await loss.prepare?.({
        step: streams.step,
        shown,
        plainCaptions,
        random,
        state: states.get(loss),
        get model() {
          return now();
        },
        noised: (images) => noised(images, (purpose) => random.fork(purpose), `loss ${loss.name}`),
      }) ?? {};
    }
    if (params) tf.dispose(params);
    return prepared;
  }

  return {
    task: {
      params: learner.params,
      rateOf: learner.rateOf,
      async batch(streams, state) {
        const shown = show(streams, state.batchSize);
        return {
          shown: noised(shown, streams.at),
          prepared: await prepareLosses(streams, shown.map(({ shot }) => shot), state),
        };
      },
      samples(streams, { batchSize }) {
        const drawn = noised.timesteps(streams.at("timesteps"), batchSize);
        return show(streams, batchSize)
          .map(({ caption }, i) => `"${caption}", timestep ${drawn[i]}`);
      },
      losses: ({ step, batchSize }) => dueAt(step, batchSize).map(({ name }) => name),
      loss(params, batch) {
        const input = lossInput(context, learner, params, batch.shown);
        const due = losses.filter(({ name }) => batch.prepared[name] !== undefined);
        return Object.fromEntries(due.map((loss) => {
          const own = { prepared: batch.prepared[loss.name], state: states.get(loss) };
          const value = loss.value(Object.create(input, Object.getOwnPropertyDescriptors(own)));
          return [loss.name, { value, weight: loss.weight ?? 1 }];
        })) satisfies Terms;
      },
    },
    styleWords: learner.styleWords,
    adapted: learner.adapted,
    ...(learner.addition && { addition: learner.addition }),
  };
}

/** Without `every` and `isDue` at each step. */
function isDue(loss: Loss, at: { step: number; batchSize: number; shots: number }): boolean {
  return loss.isDue?.(at) ?? at.step % (loss.every ?? 1) === 0;
}

/** Images with captions as latents, with noise and timesteps of their own. */
function createNoising(
  { model, sampling }: MethodContext,
  { noiseOffset, variants }: Shots,
  { timesteps, encode }: {
    timesteps: NonNullable<Method["timesteps"]>;
    encode(captions: readonly string[]): Tensor;
  },
) {
  const trainTimesteps = model.scheduler.num_train_timesteps;
  const { samplerSteps = sampling.steps } = timesteps;
  const scheduler = createScheduler(model.scheduler, samplerSteps, sampling);
  const at = { trainTimesteps, samplerTimesteps: scheduler.timesteps };
  scheduler.dispose();

  const encodeNow = (images: readonly Captioned[], random: Random) => ({
    latents: model.encodeImages(images.map(({ image }) => image), random),
    texts: encode(images.map(({ caption }) => caption)),
  });
  /** Rows of images that recur; the order in which steps use them does not matter. */
  const rows = new Map<string, ReturnType<typeof encodeNow>>();
  const encodeOnce = (images: readonly Captioned[], owner: string) => {
    const all = images.map((image) => {
      const key = `${owner} ${image.key}`;
      const row = rows.get(key) ?? encodeNow([image], createRandom("variants").fork(key));
      rows.set(key, row);
      return row;
    });
    const stacked = (part: "latents" | "texts") => tf.concat(all.map((row) => row[part]));
    return { latents: stacked("latents"), texts: stacked("texts") };
  };

  /** @param owner of the images' keys */
  const noised = (
    images: readonly Captioned[],
    drawsOf: DrawsOf,
    owner = "shots",
  ): MethodBatch["shown"] => {
    const isCached = variants !== undefined && images.every(({ key }) => key !== undefined);
    const encoded = isCached ? encodeOnce(images, owner) : encodeNow(images, drawsOf("posterior"));
    const { shape } = encoded.latents;
    return {
      ...encoded,
      noise: noiseOffset === undefined
        ? normalTensor(drawsOf("noise"), shape)
        : offsetNoise(drawsOf("noise"), shape, noiseOffset),
      timesteps: tf.tensor1d(noised.timesteps(drawsOf("timesteps"), images.length), "int32"),
    };
  };
  noised.timesteps = (random: Random, n: number) => timesteps.draw(random, n, at);
  return noised;
}

/** The inputs of losses. */
function lossInput(
  { model, guide }: MethodContext,
  learner: ReturnType<typeof createLearner>,
  learned: Params,
  { latents, noise, timesteps, texts }: MethodBatch["shown"],
): Omit<LossInput, "prepared"> {
  const diffusion = diffusionOf(model.scheduler);
  const params = learner.denoiser(learned);
  const denoiser = model.denoiser(), decoder = model.decoder();
  const predict: LossInput["predict"] = (x, t, contexts) =>
    denoiser.predict(params, x, t, contexts);
  const noisyOf = (noised: Noised) =>
    addNoise(noised.latents, noised.noise, noised.timesteps as Tensor1D, diffusion.schedule);
  const contexts = learner.contexts(learned, texts);
  const noisyLatents = noisyOf({ latents, noise, timesteps });
  const prediction = predict(noisyLatents, timesteps, contexts);
  return {
    latents,
    noise,
    noisyLatents,
    timesteps,
    contexts,
    params,
    model,
    diffusion,
    guide,
    predict,
    prediction,
    get predictedLatents() {
      const level = noiseLevels(diffusion.schedule, timesteps as Tensor1D, latents.rank);
      return predictX0(prediction, noisyLatents, level, diffusion.predictionType);
    },
    decode: (latents) => decoder.decode(decoder.params, latents),
    errors(noised) {
      const contexts = learner.contexts(learned, noised.texts);
      const prediction = predict(noisyOf(noised), noised.timesteps, contexts);
      return predictionErrors(prediction, noised, diffusion);
    },
  };
}
