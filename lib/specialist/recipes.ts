/**
 * The methods of the comparison as recipes: each is a few lines that fill a method's four slots.
 *
 * "Plug and play" is another `trainable` in the paper's recipe:
 *
 * ```ts
 * import { loraAdapters, newToken, specialist, wholeUnet } from "specialist";
 *
 * specialist({ trainable: loraAdapters({ rank: 8 }) }); // LoRA + ours
 * specialist({ trainable: [newToken(), wholeUnet()] }); // textual inversion + ours
 * ```
 */
import {
  type CaptionPart,
  doubledCaptions,
  retrievedCaptions,
  synonyms,
  templates,
} from "./captions.ts";
import { contentLoss } from "./content_loss.ts";
import { denoisingLoss, priorPreservation } from "./denoising_loss.ts";
import { defineMethod, type Loss, type Method, type Shots } from "./method.ts";
import { sparseTimesteps } from "./timesteps.ts";
import { loraAdapters, newToken, wholeUnet } from "./trainable.ts";
import { paperTransforms, type Transform } from "./transforms.ts";

/** The options of every recipe. */
export type RecipeOptions =
  & Partial<Pick<Method, "name" | "trainable" | "timesteps">>
  & Pick<Shots, "placement" | "noiseOffset" | "variants">
  & {
    /** γ of min-SNR weighting (Hang et al. 2023); none by default. */
    minSnrGamma?: number;
    /** Losses next to the recipe's own. */
    losses?: readonly Loss[];
  };

export type SpecialistOptions = RecipeOptions & {
  /** The paper's eight by default. */
  transforms?: readonly Transform[];
  /** Probability that an image is transformed; the preset's by default. */
  probability?: number;
  /** The paper's four parts by default: retrieval, synonyms, templates, and transforms doubled. */
  captions?: readonly CaptionPart[];
  /** The content loss, or false for none. */
  contentLoss?: Loss | false;
};

/**
 * Specialist Diffusion (Lu et al., CVPR 2023): the whole U-Net learns from augmented images and captions,
 * at the timesteps that the sampler will visit; from time to time it must also draw what a shot
 * shows without its style.
 */
export function specialist({
  name = "specialist",
  trainable = wholeUnet(),
  transforms = paperTransforms,
  probability,
  captions = [retrievedCaptions(), synonyms(), templates(), doubledCaptions],
  timesteps = sparseTimesteps(),
  contentLoss: content = contentLoss(),
  losses = [],
  minSnrGamma,
  noiseOffset,
  placement,
  variants,
}: SpecialistOptions = {}): Method {
  return defineMethod({
    name,
    trainable,
    shots: { transforms, probability, captions, placement, noiseOffset, variants },
    timesteps,
    losses: [denoisingLoss({ minSnrGamma }), ...content ? [content] : [], ...losses],
  });
}

/**
 * DreamBooth (Ruiz et al., CVPR 2023): the whole U-Net learns a rare word for the style, while images that
 * the base model drew of the same things keep it from forgetting all other styles.
 *
 * @param options its rare word, false for the style's own words, and the settings of
 *   `priorPreservation`
 */
export function dreambooth({
  identifier = true,
  ...options
}: RecipeOptions & Parameters<typeof priorPreservation>[0] & Pick<Shots, "identifier"> =
  {}): Method {
  const { recipe, rest } = split(options);
  const prior = priorPreservation({ ...rest, minSnrGamma: recipe.minSnrGamma });
  return plain("dreambooth", { ...recipe, losses: [prior, ...recipe.losses ?? []] }, {
    identifier,
  });
}

/**
 * Textual inversion (Gal et al., ICLR 2023): the model stays as it is, and learns one new word.
 *
 * @param options whether the whole U-Net learns with it, and the settings of `newToken`
 */
export function textualInversion(
  { unet = false, ...options }: RecipeOptions & Parameters<typeof newToken>[0] & {
    unet?: boolean;
  } = {},
): Method {
  const { recipe, rest } = split(options);
  const token = newToken(rest);
  const trainable = unet ? [token, wholeUnet()] : token;
  return plain("textual_inversion", { trainable, ...recipe });
}

/**
 * LoRA (Hu et al., ICLR 2022): the U-Net stays as it is; next to each projection of its attention layers a
 * product of two narrow matrices learns.
 *
 * @param options the settings of `loraAdapters`
 */
export function lora(options: RecipeOptions & Parameters<typeof loraAdapters>[0] = {}): Method {
  const { recipe, rest } = split(options);
  return plain("lora", { trainable: loraAdapters(rest), ...recipe });
}

/** Plain fine-tuning: the whole U-Net, on the shots as they are, at all timesteps. */
export function full(options: RecipeOptions = {}): Method {
  return plain("full", options);
}

/** The shots as they are, at all timesteps. */
function plain(
  name: string,
  {
    trainable = wholeUnet(),
    losses = [],
    minSnrGamma,
    timesteps,
    noiseOffset,
    placement,
    variants,
    ...rest
  }: RecipeOptions,
  shots: Shots = {},
): Method {
  return defineMethod({
    name: rest.name ?? name,
    trainable,
    shots: { ...shots, placement, noiseOffset, variants },
    timesteps,
    losses: [denoisingLoss({ minSnrGamma }), ...losses],
  });
}

/** A recipe's common options, and those of its own part. */
function split<Options extends RecipeOptions>(
  {
    name,
    trainable,
    timesteps,
    minSnrGamma,
    noiseOffset,
    placement,
    variants,
    losses,
    ...rest
  }: Options,
): { recipe: RecipeOptions; rest: Omit<Options, keyof RecipeOptions> } {
  const given = {
    ...{ name, trainable, timesteps, losses },
    ...{ minSnrGamma, noiseOffset, placement, variants },
  };
  const recipe = Object.entries(given).filter(([, value]) => value !== undefined);
  return { recipe: Object.fromEntries(recipe), rest };
}
