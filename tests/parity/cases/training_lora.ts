import { join } from "node:path";
import { addNoise } from "specialist/diffusion";
import { type Tensor1D, tf } from "specialist/internal/tensor/mod.ts";
import {
  loadLora,
  loadStableDiffusion,
  loraDelta,
  mergeLora,
  type Params,
  saveLora,
} from "specialist/models";
import { denoisingErrors, diffusionOf, type Noised } from "specialist/training";
import { outputOf, tensorOf } from "../../tensors.ts";
import { channelsFirstOutput, writtenFile } from "../fixture.ts";
import type { Fixture, Outputs } from "../parity_case.ts";
import {
  latentsOf,
  rowOf,
  runTraining,
  type StoredTask,
  trainingConfigOf,
  trainingOutputs,
} from "../training_run.ts";

const mergedLayer = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";

/** Adapters next to the U-Net's attention: their training, their file, and their sum with the weights. */
export async function lora({ folder, config, inputs, expected }: Fixture): Promise<Outputs> {
  const model = await loadStableDiffusion(join(folder, "../../pipeline"));
  const { unet: loaded } = await loadLora(join(folder, "lora_init.safetensors"), model);
  const isScale = ([name]: [string, unknown]) => name.endsWith(".scale");
  const scales = Object.fromEntries(Object.entries(loaded).filter(isScale));
  const start = Object.fromEntries(Object.entries(loaded).filter((entry) => !isScale(entry)));
  const { rank, lora_alpha: alpha } = config;
  const withAdapters = (adapters: Params) => ({ ...model.unet.params, ...scales, ...adapters });
  const { predict } = model.denoiser(), diffusion = diffusionOf(model.scheduler);
  const batch = (step: number) => ({
    latents: latentsOf(inputs.latents, step),
    noise: latentsOf(inputs.noise, step),
    timesteps: tensorOf(rowOf(inputs.timesteps, step)),
    contexts: tensorOf(inputs.context),
  });
  const task: StoredTask = {
    params: start,
    batch,
    loss: (adapters, { contexts, ...noised }) =>
      tf.mean(denoisingErrors(
        (noisy) => predict(withAdapters(adapters), noisy, noised.timesteps, contexts),
        noised as Noised,
        diffusion,
      )),
  };
  const run = await runTraining(
    task,
    trainingConfigOf(config, { steps: inputs.latents.shape[0] }),
  );
  const trained = run.weights.at(-1)!;
  const params = withAdapters(trained);
  const { latents, noise, timesteps, contexts } = batch(0);
  const noisy = addNoise(latents, noise, timesteps as Tensor1D, diffusion.schedule);
  const weightTolerance = expected.find(({ output }) => /^step3\/.*lora_A/.test(output))!;
  return {
    ...trainingOutputs(run, expected, nameHere),
    eps_after: channelsFirstOutput(predict(params, noisy, timesteps, contexts)),
    merged_delta: outputOf(loraDelta(params, mergedLayer)),
    merged_weight: outputOf(mergeLora(params)[`${mergedLayer}.weight`]),
    ...await writtenFile(
      join(folder, "pytorch_lora_weights.safetensors"),
      { atol: weightTolerance.atol, rtol: weightTolerance.rtol },
      (file) => saveLora(file, { adapters: trained, rank, alpha }),
    ),
  };
}

/** "….lora_A.default.weight" is "….lora.down.weight". */
function nameHere(name: string): string {
  return name
    .replace(".lora_A.default.", ".lora.down.")
    .replace(".lora_B.default.", ".lora.up.");
}
