import { createStableDiffusion } from "specialist/models/stable_diffusion/mod.ts";
import { type Params, scoped } from "specialist/nn/mod.ts";
import { stableDiffusionV1 } from "specialist/schedulers/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import type { BaseData } from "./base_data.ts";
import type { PretrainConfig } from "./config.ts";
import type { Frame } from "./frame.ts";
import { together } from "./load_frame.ts";
import { type BaseModel, type PartRecord, writeBaseModel } from "./model_folder.ts";

/** The denoiser as it is now. */
export type DenoiserNow = {
  /** "unet.…" and "text_encoder.…" */
  params: Params;
  scalingFactor: number;
  /** How far this training has come; nothing where the denoiser is as it was before. */
  part?: PartRecord;
};

/** Writes the model's folder, and answers whether there was all that a model needs. */
export async function writeModel(
  config: PretrainConfig,
  { tokenizer, textConfig, vae, before, ...frame }: Frame,
  { params, scalingFactor, part }: DenoiserNow,
  data: BaseData,
  provenance: Pick<BaseModel, "backend" | "commit">,
): Promise<boolean> {
  const clips = await frame.clips();
  const { autoencoder, guide, judge, denoiser: earlier, decoder } = await frame.records();
  const denoiser = earlier && part ? together(earlier, part) : part ?? earlier;
  if (!clips || !autoencoder || !guide || !judge || !denoiser) return false;
  await writeBaseModel(config.output, {
    pipeline: createStableDiffusion({
      tokenizer,
      scheduler: stableDiffusionV1,
      textEncoder: { config: textConfig, params: scoped(params, "text_encoder") },
      unet: { config: config.denoiser.unet, params: scoped(params, "unet") },
      vae: { config: { ...vae.config, scaling_factor: scalingFactor }, params: vae.params },
    }),
    ...clips,
    config,
    parts: { autoencoder, ...decoder && { decoder }, guide, judge, denoiser },
    before,
    ...provenance,
  }, data);
  tf.dispose([clips.guide.params, clips.judge.params]);
  return true;
}
