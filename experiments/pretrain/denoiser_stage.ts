/** The denoiser as a stage: pictures to latents, training, and now and then a model to look at. */
import { clipTextSpecs } from "specialist/models/clip/mod.ts";
import { unetSpecs } from "specialist/models/unet/mod.ts";
import { prefixed } from "specialist/nn/mod.ts";
import { tf } from "specialist/tensorflow/mod.ts";
import type { BaseData, Drawing } from "./base_data.ts";
import { filteredDrawings, transformedDrawings } from "./changed_drawings.ts";
import type { PretrainConfig } from "./config.ts";
import { type DenoiserPictures, denoiserTask, type EncodedDrawing } from "./denoiser.ts";
import type { Frame } from "./frame.ts";
import { deviationOf, encodeDrawings } from "./latents.ts";
import { stage, type StageContext } from "./stage.ts";
import type { DenoiserNow } from "./write_model.ts";

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
  const { pictures, scalingFactor } = encodePictures(config, frame, data);
  const { params, loss, seconds } = await stage({
    ...shared,
    name: "denoiser",
    config: { ...denoiser, textConfig, scalingFactor },
    training: denoiser.training,
    specs: {
      ...prefixed(unetSpecs(denoiser.unet), "unet"),
      ...prefixed(clipTextSpecs(textConfig), "text_encoder"),
    },
    task: () => denoiserTask(config, textConfig, tokenizer, pictures, start),
    async onStep(step, weights, loss) {
      if (step % writeEvery !== 0 || step === steps) return;
      const params = weights.read();
      await write({ params, scalingFactor, part: { steps: step, of: steps, loss } });
      tf.dispose(params);
    },
  });
  return { params, scalingFactor, part: { steps, of: steps, loss, seconds } };
}

function encodePictures(
  { denoiser: { variants } }: PretrainConfig,
  { vae, scalingFactor: known }: Frame,
  { drawings, emoji }: BaseData,
): { pictures: DenoiserPictures; scalingFactor: number } {
  const encode = (drawings: readonly Drawing[]): EncodedDrawing[] =>
    encodeDrawings(vae.params, vae.config, drawings, emoji.size)
      .map((latent, i) => ({ latent, drawing: drawings[i] }));
  const unscaled = {
    drawings: encode(drawings),
    filtered: encode(filteredDrawings(drawings, variants)),
    transformed: encode(transformedDrawings(drawings, variants)),
  };
  const scalingFactor = known ??
    1 / deviationOf(Object.values(unscaled).flat().map(({ latent }) => latent));
  const scale = (pictures: readonly EncodedDrawing[]) =>
    pictures.map(({ drawing, latent }) => ({
      drawing,
      latent: latent.map((value) => value * scalingFactor),
    }));
  return {
    pictures: {
      drawings: scale(unscaled.drawings),
      filtered: scale(unscaled.filtered),
      transformed: scale(unscaled.transformed),
    },
    scalingFactor,
  };
}
