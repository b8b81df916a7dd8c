import { join } from "node:path";
import { snr } from "specialist/diffusion";
import { type Tensor, type Tensor1D, tf } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, type Params } from "specialist/models";
import {
  denoisingLoss,
  type MethodBatch,
  prepareMethod,
  priorPreservation,
  wholeUnet as trainedUnet,
} from "specialist/specialist";
import {
  denoisingErrors,
  diffusionOf,
  emaDecayAt,
  emaSchema,
  minSnrWeights,
} from "specialist/training";
import { outputOf, tensorOf } from "../../tensors.ts";
import { parameterOutput } from "../fixture.ts";
import type { Fixture, Outputs } from "../parity_case.ts";
import {
  latentsOf,
  rowOf,
  runTraining,
  type StoredTask,
  trainingConfigOf,
  trainingOutputs,
  type TrainingRun,
  vector,
} from "../training_run.ts";

/** The whole U-Net on stored latents, noise, timesteps and contexts, with the losses of each case. */
export async function wholeUnet(fixture: Fixture): Promise<Outputs> {
  const { name, folder, config, inputs, expected } = fixture;
  const loaded = await loadStableDiffusion(join(folder, "../../pipeline"));
  const { prediction_type = "epsilon", prior_loss_weight: priorWeight, gamma } = config;
  const model = { ...loaded, scheduler: { ...loaded.scheduler, prediction_type } };
  const { predict } = model.denoiser(), diffusion = diffusionOf(model.scheduler);
  // Its images are stored, not drawn.
  const prior = { ...priorPreservation({ priorWeight }), setUp: undefined };
  const { task: { params, loss } } = await prepareMethod({
    name,
    trainable: trainedUnet(),
    losses: [denoisingLoss({ minSnrGamma: gamma }), ...priorWeight ? [prior] : []],
  }, { model, shots: [], styleWords: "any", sampling: { steps: 1 } });
  const task: StoredTask<MethodBatch> = {
    params,
    batch(step): MethodBatch {
      const shown = noisedBatch(fixture, step);
      if (!priorWeight) return { shown, prepared: { denoising: {} } };
      const [shots, images] = halvesOf(shown);
      return { shown: shots, prepared: { denoising: {}, prior: images } };
    },
    loss,
  };
  /** Of shots and class images alike. */
  const errors = (params: Params, { texts, ...noised }: MethodBatch["shown"]) =>
    denoisingErrors(
      (noisy) => predict(params, noisy, noised.timesteps, texts),
      noised,
      diffusion,
    );
  const steps = inputs.latents.shape[0];
  const run = await runTraining(task, trainingConfigOf(config, { steps }));
  const batches = run.losses.map((_, k) => noisedBatch(fixture, k));
  const perSample = () => batches.map((batch, k) => errors(run.weights[k], batch));
  return {
    ...trainingOutputs(run, expected),
    ...(priorWeight && meansOfHalves(perSample())),
    ...(gamma && {
      per_sample_mse: outputOf(tf.stack(perSample())),
      snr: outputOf(
        tf.stack(batches.map((batch) => snr(diffusion.schedule, batch.timesteps as Tensor1D))),
      ),
      snr_weight: outputOf(
        tf.stack(batches.map((batch) => minSnrWeights(batch.timesteps, gamma, diffusion))),
      ),
    }),
    ...(name.endsWith("/ema") && await movingAverages(fixture, run)),
  };
}

/** A step's batch, as cases store it. */
function noisedBatch({ inputs }: Fixture, step: number): MethodBatch["shown"] {
  return {
    latents: latentsOf(inputs.latents, step),
    noise: latentsOf(inputs.noise, step),
    timesteps: tensorOf(rowOf(inputs.timesteps, step)),
    texts: tensorOf(inputs.context),
  };
}

/** The first half of a stored batch are shots, the second are class images. */
function halvesOf(
  { latents, noise, timesteps, texts }: MethodBatch["shown"],
): [MethodBatch["shown"], MethodBatch["shown"]] {
  const parts = [latents, noise, timesteps, texts].map((part) => tf.split(part, 2));
  const half = (i: number) => {
    const [latents, noise, timesteps, texts] = parts.map((part) => part[i]);
    return { latents, noise, timesteps, texts };
  };
  return [half(0), half(1)];
}

function meansOfHalves(perSample: Tensor[]): Outputs {
  const means = (half: 0 | 1) =>
    vector(perSample.map((errors) => tf.mean(tf.split(errors, 2)[half]).dataSync()[0]));
  return { loss_instance: means(0), loss_prior: means(1) };
}

/** The same training with each kind of moving average. */
async function movingAverages(
  { config, expected }: Fixture,
  { task, config: training }: TrainingRun<MethodBatch>,
): Promise<Outputs> {
  const kinds = {
    ema: { decay: 0.9999, warmup: "ratio" },
    ema_warmup: { decay: 0.9999, warmup: "power" },
    ema_fixed: { decay: config.fixed_decay, warmup: "none" },
  };
  const outputs: Outputs = {};
  for (const [kind, settings] of Object.entries(kinds)) {
    const ema = emaSchema.parse(settings);
    const { results } = await runTraining(task, { ...training, ema });
    outputs[`${kind}/decay`] = vector(results.map((_, k) => emaDecayAt(ema, k)));
    for (const { output } of expected) {
      const [, step, name] = new RegExp(`^${kind}/step(\\d+)/(.+)$`).exec(output) ?? [];
      if (name) outputs[output] = parameterOutput(results[Number(step) - 1][name]);
    }
  }
  return outputs;
}
