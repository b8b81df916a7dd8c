/** How this project does each piece of work: as its users would. */
import { join } from "node:path";
import { createRandom, plainImage } from "specialist/data";
import { decoderOf, sample } from "specialist/diffusion";
import { clipScore } from "specialist/evaluation";
import { readJson } from "specialist/internal/runtime/mod.ts";
import {
  compile,
  matmul,
  type Precision,
  type Tensor,
  tf,
  withPrecision,
} from "specialist/internal/tensor/mod.ts";
import {
  type Clip,
  createNoiseSchedule,
  decode,
  embedImages,
  embedTexts,
  loadClip,
  loadStableDiffusion,
  type Model,
  modelAtSize,
  normalTensor,
  stableDiffusionV1Scheduler,
  unet,
  type UnetConfig,
  unetConfigSchema,
  unetSpecs,
  vaeConfigSchema,
  vaeSpecs,
} from "specialist/models";
import { loadParams } from "specialist/models/files/load_params.ts";
import {
  contentDistance,
  contentLossSchema,
  type ContentStep,
  drawUntilLastStep,
  emojiPreset,
  full,
  lora,
  prepareMethod,
} from "specialist/specialist";
import {
  denoisingErrors,
  fit,
  type Noised,
  readVariables,
  trainingSchema,
  type TrainingTask,
} from "specialist/training";
import type { Work } from "./cases.ts";
import type { LapTimer } from "./lap_timer.ts";

/** Does it again and again, until the timer has seen enough. */
type Loaded = (timer: LapTimer) => Promise<void>;

/** Reads what the work needs. */
export function loadWork(work: Work): Promise<Loaded> {
  switch (work.kind) {
    case "training step":
      return loadTraining(work);
    case "method's step":
      return loadMethod(work);
    case "loading":
      return loadLoading(work);
    case "content-loss step":
      return loadContentLoss(work);
    case "sampling":
      return loadSampling(work);
    case "decoding":
      return loadDecoding(work);
    case "scoring":
      return loadScoring(work);
    case "matrix product":
      return loadProduct(work);
    case "addition":
      return loadAddition(work);
  }
}

/** Samples that a program which does such work computes together. */
export function batchOf(work: Work): number {
  switch (work.kind) {
    case "sampling":
    case "scoring":
      return work.images;
    case "training step":
    case "method's step":
    case "decoding":
      return work.batch;
    case "content-loss step":
      // It is part of an adaptation, which takes batches of its own.
      return emojiPreset.training.batchSize;
    case "loading":
    case "matrix product":
    case "addition":
      return 1;
  }
}

type Of<K extends Work["kind"]> = Extract<Work, { kind: K }>;

const weights = "diffusion_pytorch_model.safetensors";

async function loadUnet(folder: string): Promise<Model<UnetConfig>> {
  const config = await readJson(join(folder, "unet", "config.json"), unetConfigSchema);
  return { config, params: await loadParams(join(folder, "unet", weights), unetSpecs(config)) };
}

async function loadLoading({ folder }: Of<"loading">): Promise<Loaded> {
  let { params } = await loadUnet(folder);
  return (timer) =>
    repeatedly(timer, async () => {
      tf.dispose(params);
      ({ params } = await loadUnet(folder));
      for (const value of Object.values(params)) {
        const sum = tf.sum(value);
        await sum.data();
        sum.dispose();
      }
    });
}

async function loadTraining(
  { folder, batch: n, size, tokens, precision, gradientCheckpointing }: Of<"training step">,
): Promise<Loaded> {
  const { config, params } = await loadUnet(folder);
  const shape = [n, size, size, config.in_channels];
  const diffusion = {
    schedule: createNoiseSchedule(stableDiffusionV1Scheduler),
    predictionType: stableDiffusionV1Scheduler.prediction_type,
  };
  return (timer) =>
    trainUntilSeen(timer, { precision, gradientCheckpointing, disposeParams: true }, {
      params,
      batch(streams) {
        const random = streams.at("batch");
        return {
          latents: normalTensor(random, shape),
          noise: normalTensor(random, shape),
          timesteps: tf.tensor1d(Array.from({ length: n }, () => random.integer(1000)), "int32"),
          contexts: normalTensor(random, [n, tokens, config.cross_attention_dim]),
        };
      },
      loss: (params, { contexts, ...noised }) =>
        tf.mean(denoisingErrors(
          (noisy) => unet(params, config, noisy, noised.timesteps, contexts),
          noised as Noised,
          diffusion,
        )),
    });
}

/** As an adaptation does it, which keeps the base model to compare with. */
async function loadMethod(
  { folder, method: name, batch: batchSize, pixels }: Of<"method's step">,
): Promise<Loaded> {
  const model = modelAtSize(await loadStableDiffusion(folder), pixels);
  const { task } = await prepareMethod({ full, lora }[name](), {
    model,
    shots: [{ image: plainImage(pixels, pixels, [9, 99, 200]), caption: "a red apple" }],
    styleWords: "flat design",
    sampling: { steps: 25 },
  });
  return (timer) => trainUntilSeen(timer, { batchSize, disposeParams: false }, task);
}

async function loadContentLoss(
  { folder, steps, precision }: Of<"content-loss step">,
): Promise<Loaded> {
  const model = await loadStableDiffusion(folder);
  const guide = await loadClip(join(folder, "guide"));
  const config = contentLossSchema.parse({ steps });
  return async (timer) => {
    const contexts = model.encodePrompts(["", "a red apple"]);
    const [target] = await embedTexts(guide, ["a red apple"]);
    await trainUntilSeen(timer, { precision, disposeParams: true }, {
      params: model.unet.params,
      async batch(streams, { variables }) {
        const noise = normalTensor(streams.at("batch"), model.latentsShape(1));
        const params = readVariables(variables);
        const latents = await drawUntilLastStep(model, params, { noise, contexts }, config);
        tf.dispose([noise, params]);
        return { latents, contexts: tf.clone(contexts), targets: tf.tensor2d([[...target]]) };
      },
      loss: (params, batch) => contentDistance(model, params, batch as ContentStep, guide, config),
    });
  };
}

async function trainUntilSeen<B extends object>(
  timer: LapTimer,
  { disposeParams, ...settings }: {
    precision?: Precision;
    batchSize?: number;
    gradientCheckpointing?: boolean;
    disposeParams: boolean;
  },
  task: TrainingTask<B>,
): Promise<void> {
  const enough = new AbortController();
  const config = trainingSchema.parse({
    steps: 1_000_000,
    learningRate: { peak: 1e-5 },
    ...settings,
  });
  await fit(task, config, {
    seed: 0,
    signal: enough.signal,
    disposeParams,
    onStep() {
      if (!timer.lap()) enough.abort();
    },
  }).catch((reason) => {
    if (reason !== enough.signal.reason) throw reason;
  });
}

async function loadSampling(
  { folder, images: count, steps, precision }: Of<"sampling">,
): Promise<Loaded> {
  const model = await loadStableDiffusion(folder);
  const prompts = Array(count).fill("a red apple in noto style");
  return (timer) =>
    repeatedly(
      timer,
      () =>
        sample(model, {
          prompts,
          steps,
          guidanceScale: 4,
          sampler: "dpm_solver",
          seed: 0,
          precision,
        }),
    );
}

async function loadDecoding(
  { folder, batch, size, precision }: Of<"decoding">,
): Promise<Loaded> {
  const config = await readJson(join(folder, "vae", "config.json"), vaeConfigSchema);
  const params = await loadParams(join(folder, "vae", weights), vaeSpecs(config));
  const latents = normalTensor(createRandom(0), [batch, size, size, config.latent_channels]);
  const draw = decoderOf((params, latents) =>
    decode(params, config, tf.div(latents, config.scaling_factor))
  );
  return (timer) =>
    repeatedly(timer, async () => {
      const pixels = draw(params, latents, { precision });
      await pixels.data();
      pixels.dispose();
    });
}

async function loadScoring({ folder, images: count }: Of<"scoring">): Promise<Loaded> {
  const clip: Clip = await loadClip(folder);
  const { width, height } = clip.preprocessor.crop_size;
  const drawn = Array.from(
    { length: count },
    (_, i) => plainImage(width, height, [i % 256, 128, 255 - i % 256]),
  );
  const texts = drawn.map((_, i) => `a red apple, ${i}`);
  return (timer) =>
    repeatedly(
      timer,
      async () => clipScore(await embedImages(clip, drawn), await embedTexts(clip, texts)),
    );
}

function loadProduct({ size, precision }: Of<"matrix product">): Promise<Loaded> {
  const [a, b] = operands([size, size]);
  const product = compile((a: Tensor, b: Tensor) => withPrecision(precision, () => matmul(a, b)));
  return Promise.resolve((timer) => computing(timer, () => product(a, b)));
}

function loadAddition({ length }: Of<"addition">): Promise<Loaded> {
  const [a, b] = operands([length]);
  const sum = compile((a: Tensor, b: Tensor) => tf.add(a, b));
  return Promise.resolve((timer) => computing(timer, () => sum(a, b)));
}

function operands(shape: number[]): [Tensor, Tensor] {
  return [tf.fill(shape, 0.5), tf.fill(shape, 0.25)];
}

/** Waits for the result, and reads one of its numbers only. */
async function computing(timer: LapTimer, compute: () => Tensor): Promise<void> {
  await repeatedly(timer, async () => {
    const result = compute();
    const first = tf.slice(result, result.shape.map(() => 0), result.shape.map(() => 1));
    await first.data();
    tf.dispose([result, first]);
  });
}

async function repeatedly(timer: LapTimer, work: () => Promise<unknown>): Promise<void> {
  do await work(); while (timer.lap());
}
