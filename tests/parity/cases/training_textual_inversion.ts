import { join } from "node:path";
import { tf } from "specialist/internal/tensor/mod.ts";
import { loadStableDiffusion, saveEmbedding } from "specialist/models";
import { newToken } from "specialist/specialist";
import { denoisingErrors, diffusionOf, type Noised } from "specialist/training";
import { outputOf, tensorOf } from "../../tensors.ts";
import { writtenFile } from "../fixture.ts";
import type { Fixture, Outputs } from "../parity_case.ts";
import {
  gradientsOf,
  latentsOf,
  rowOf,
  runTraining,
  type StoredTask,
  trainingConfigOf,
  vector,
} from "../training_run.ts";

/** One new word: its ids, its row at each step, and its file. */
export async function textualInversion(
  { folder, config, inputs, expected }: Fixture,
): Promise<Outputs> {
  const model = await loadStableDiffusion(join(folder, "../../pipeline"));
  const { placeholder, initializer_token: initializer, texts } = config;
  const { params, text } = newToken({ placeholder, initializer }).create(model, initializer);
  const { encode, contexts } = text!;
  const denoiser = model.denoiser(), diffusion = diffusionOf(model.scheduler);
  const [steps, n, length] = inputs.input_ids.shape;
  const captionsOf = (step: number) => (texts as string[]).slice(step * n, (step + 1) * n);
  const task: StoredTask = {
    params,
    batch: (step) => ({
      latents: latentsOf(inputs.latents, step),
      noise: latentsOf(inputs.noise, step),
      timesteps: tensorOf(rowOf(inputs.timesteps, step)),
      ids: encode(captionsOf(step)),
    }),
    loss(params, { ids, ...noised }) {
      const states = contexts(params, ids);
      return tf.mean(denoisingErrors(
        (noisy) => denoiser.predict(denoiser.params, noisy, noised.timesteps, states),
        noised as Noised,
        diffusion,
      ));
    },
  };
  const run = await runTraining(task, trainingConfigOf(config, { steps }));
  const [name] = Object.keys(task.params);
  const rows = run.weights.map((params) => params[name]);
  const all = run.losses.map((_, k) => k);
  const { atol, rtol } = expected.find(({ output }) => output === "row")!;
  return {
    loss: vector(run.losses),
    row: outputOf(tf.concat(rows)),
    row_grad: outputOf(tf.concat(all.map((k) => gradientsOf(run, k)[name]))),
    context: outputOf(
      tf.stack(all.map((k) => contexts(run.weights[k], task.batch(k).ids))),
    ),
    input_ids: {
      ...outputOf(tf.stack(all.map((k) => encode(captionsOf(k))))),
      expected: { shape: [steps, n, length], data: inputs.input_ids.data, atol: 0, rtol: 0 },
    },
    ...await writtenFile(
      join(folder, "learned_embeds.safetensors"),
      { atol, rtol },
      (file) => saveEmbedding(file, { placeholder, rows: rows.at(-1)! }),
    ),
  };
}
