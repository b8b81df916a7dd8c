import { UserError } from "../../errors/mod.ts";
import type { StableDiffusion } from "./stable_diffusion.ts";

/**
 * The model, drawing and learning images of another size; its weights are the same.
 *
 * @param size width and height, in pixels
 * @throws UserError where the latents of this size cannot be halved as often as the U-Net does
 */
export function modelAtSize(model: StableDiffusion, size: number): StableDiffusion {
  const { config, params } = model.unet;
  const pixelsPerLatent = model.imageSize() / config.sample_size;
  const multiple = pixelsPerLatent * 2 ** (config.block_out_channels.length - 1);
  if (size % multiple !== 0) {
    throw new UserError({
      what: "the model has no images of this size",
      field: "size",
      value: size,
      remedy: `choose a multiple of ${multiple}`,
    });
  }
  return { ...model, unet: { params, config: { ...config, sample_size: size / pixelsPerLatent } } };
}
