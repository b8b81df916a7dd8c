/** The denoiser as a stage: images to latents, training, and now and then a model to look at. */
import { tf } from "specialist/internal/tensor/mod.ts";
import {
  clipTextSpecs,
  createStableDiffusion,
  type Model,
  type Params,
  prefixed,
  scoped,
  stableDiffusionV1Scheduler,
  unetSpecs,
  type VaeConfig,
} from "specialist/models";
import type { BaseData, Drawing } from "./base_data.ts";
import { filteredDrawings, transformedDrawings } from "./changed_drawings.ts";
import type { PretrainConfig } from "./config.ts";
import {
  type DenoiserImages,
  denoiserTask,
  deviationOf,
  type EncodedDrawing,
  encodeDrawings,
} from "./denoiser.ts";
import type { Frame } from "./frame.ts";
import { type BaseModel, type PartRecord, together, writeBaseModel } from "./model_folder.ts";
import { stage, type StageContext } from "./stage.ts";

/**
 * Trains the denoiser.
 *
 * @param write called now and then while it learns; the parameters are disposed afterwards
 */
export async function denoiserStage(
  config: PretrainConfig,
  frame: Frame,
  data: BaseData,
  shared: StageContext,
  write: (now: DenoiserNow) => Promise<unknown>,
): Promise<DenoiserNow> {
  const { denoiser, writeEvery } = config;
  const { textConfig, tokenizer, start } = frame;
  const { steps } = denoiser.training;
  // A frame without one is refused where the denoiser is among the stages.
  const { images, scalingFactor } = encodeImages(config, { ...frame, vae: frame.vae! }, data);
  const { params, loss, seconds } = await stage({
    ...shared,
    name: "denoiser",
    config: { ...denoiser, textConfig, scalingFactor },
    training: denoiser.training,
    specs: {
      ...prefixed(unetSpecs(denoiser.unet), "unet"),
      ...prefixed(clipTextSpecs(textConfig), "text_encoder"),
    },
    task: () => denoiserTask(config, textConfig, tokenizer, images, start),
    async onStep(step, weights, loss) {
      if (step % writeEvery !== 0 || step === steps) return;
      const params = weights.read();
      await write({ params, scalingFactor, part: { steps: step, of: steps, loss } });
      tf.dispose(params);
    },
  });
  return { params, scalingFactor, part: { steps, of: steps, loss, seconds } };
}

function encodeImages(
  { denoiser: { variants, filteredShare, transformedShare } }: PretrainConfig,
  { vae, scalingFactor: known }: Pick<Frame, "scalingFactor"> & { vae: Model<VaeConfig> },
  { drawings, emoji }: BaseData,
): { images: DenoiserImages; scalingFactor: number } {
  const encode = (drawings: readonly Drawing[]): EncodedDrawing[] =>
    encodeDrawings(vae.params, vae.config, drawings, emoji.size)
      .map((latent, i) => ({ latent, drawing: drawings[i] }));
  const unscaled = {
    drawings: encode(drawings),
    filtered: filteredShare > 0 ? encode(filteredDrawings(drawings, variants)) : [],
    transformed: transformedShare > 0 ? encode(transformedDrawings(drawings, variants)) : [],
  };
  const scalingFactor = known ??
    1 / deviationOf(Object.values(unscaled).flat().map(({ latent }) => latent));
  const scale = (images: readonly EncodedDrawing[]) =>
    images.map(({ drawing, latent }) => ({
      drawing,
      latent: latent.map((value) => value * scalingFactor),
    }));
  return {
    images: {
      drawings: scale(unscaled.drawings),
      filtered: scale(unscaled.filtered),
      transformed: scale(unscaled.transformed),
    },
    scalingFactor,
  };
}

/** The denoiser as it is now. */
export type DenoiserNow = {
  /** "unet.…" and "text_encoder.…" */
  params: Params;
  scalingFactor: number;
  /** How far the denoiser has been trained; undefined where it is unchanged. */
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
  const guide = await frame.guide();
  const { autoencoder, decoder, guide: guidePart, denoiser: earlier } = await frame.records();
  const denoiser = earlier && part ? together(earlier, part) : part ?? earlier;
  if (!vae || !guide || !autoencoder || !guidePart || !denoiser) return false;
  await writeBaseModel(config.output, {
    pipeline: createStableDiffusion({
      tokenizer,
      scheduler: stableDiffusionV1Scheduler,
      textEncoder: { config: textConfig, params: scoped(params, "text_encoder") },
      unet: { config: config.denoiser.unet, params: scoped(params, "unet") },
      vae: { config: { ...vae.config, scaling_factor: scalingFactor }, params: vae.params },
    }),
    guide,
    config,
    parts: { autoencoder, ...decoder && { decoder }, guide: guidePart, denoiser },
    before,
    ...provenance,
  }, data);
  tf.dispose(guide.params);
  return true;
}
