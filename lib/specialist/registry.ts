/**
 * The recipes' names and settings on the command line, in configuration files and in sweeps: a schema for
 * each, from which `--help`, validation and defaults come.
 */
import { z } from "zod";
import { captionPartsOf, captionsSchema } from "./captions.ts";
import { contentLoss, contentLossSchema } from "./content_loss.ts";
import { priorSchema } from "./denoising_loss.ts";
import type { Method } from "./method.ts";
import { shipped } from "./part.ts";
import { dreambooth, full, lora, specialist, textualInversion } from "./recipes.ts";
import { timestepsOf, timestepsSchema } from "./timesteps.ts";
import {
  loraAdapters,
  loraSchema,
  newToken,
  textEncoder,
  textEncoderSchema,
  tokenSchema,
  type Trainable,
  wholeUnet,
} from "./trainable.ts";
import { placementSchema } from "./placement.ts";
import { transformsOf, transformsSchema } from "./transforms.ts";

/** What every method offers. */
const commonFields = {
  minSnrGamma: z.number().positive().optional().describe(
    "γ of min-SNR weighting (Hang et al. 2023); all timesteps weigh the same by default",
  ),
  noiseOffset: z.number().positive().optional().describe(
    "Deviation of what is added to all pixels of a channel's noise (Guttenberg 2023), for images " +
      "that are dark or bright as a whole; 0 by default",
  ),
  placement: placementSchema.optional().describe(
    "How a shot is placed at each showing, under the same caption; as it is by default",
  ),
  cache: z.strictObject({
    variants: z.int().positive().describe(
      "Encode each shot once in this many crops, transforms and captions, among which steps draw",
    ),
  }).optional().describe("Shots that are encoded once; each step encodes its own by default"),
};

const textEncoderField = {
  textEncoder: textEncoderSchema.optional().describe(
    "Training of the text encoder; it is frozen by default",
  ),
};

const trainableSchema = z.strictObject({
  unet: z.boolean().default(false).describe("The whole U-Net"),
  lora: loraSchema.optional().describe("Low-rank adapters of the U-Net"),
  token: tokenSchema.optional().describe("A new word for the style"),
});

const specialistSchema = z.strictObject({
  method: z.literal("specialist").describe(
    "The paper's parts, training the whole U-Net or what you name",
  ),
  trainable: trainableSchema.optional().describe("The trainable parts; the whole U-Net by default"),
  augmentation: transformsSchema.prefault({}).describe("Transformed images; off at 0"),
  captions: captionsSchema.prefault({}).describe("Captions in other words"),
  contentLoss: contentLossSchema.prefault({}).describe("What a plain caption must still draw"),
  timesteps: timestepsSchema.prefault({}).describe("Timesteps that are trained"),
  ...commonFields,
  ...textEncoderField,
});

const dreamboothSchema = z.strictObject({
  method: z.literal("dreambooth").describe("The whole U-Net, with prior preservation"),
  identifier: z.union([z.string().min(1), z.boolean()]).default(true).describe(
    "Rare word that stands for the style: with true that for the model, with false the style's own words",
  ),
  ...priorSchema.shape,
  ...commonFields,
  ...textEncoderField,
});

const textualInversionSchema = z.strictObject({
  method: z.literal("textual_inversion").describe("A new word for the style"),
  ...tokenSchema.shape,
  unet: z.boolean().default(false).describe(
    "Whether the whole U-Net learns together with the word",
  ),
  ...commonFields,
});

const loraMethodSchema = z.strictObject({
  method: z.literal("lora").describe("Low-rank adapters of the U-Net's attention"),
  ...loraSchema.shape,
  ...commonFields,
});

const fullSchema = z.strictObject({
  method: z.literal("full").describe("The whole U-Net, and nothing else"),
  ...commonFields,
  ...textEncoderField,
});

/** A recipe's name in `method`, and its settings. */
export const methodSchema = z.discriminatedUnion("method", [
  specialistSchema,
  dreamboothSchema,
  textualInversionSchema,
  loraMethodSchema,
  fullSchema,
]);

export type MethodConfig = z.infer<typeof methodSchema>;

/**
 * The method that a configuration describes, whose settings are complete: no preset changes them, but for
 * DreamBooth's rare word, which belongs to the model.
 */
export function methodOf(config: MethodConfig): Method {
  const { shots, losses, ...method } = recipeOf(config);
  const settled = <P extends { name: string }>(part: P): P =>
    shipped({ ...part, complete: undefined });
  return {
    ...method,
    shots: shots && { ...shots, captions: shots.captions?.map(settled) },
    losses: losses.map(settled),
  };
}

function recipeOf({ cache, ...config }: MethodConfig): Method {
  const common = { variants: cache?.variants };
  switch (config.method) {
    case "specialist": {
      const { method: _, augmentation, captions, contentLoss: content, timesteps, ...rest } =
        config;
      const { enabled, ...settings } = content;
      return specialist({
        ...common,
        ...rest,
        trainable: trainablesOf(config),
        transforms: augmentation.probability > 0 ? transformsOf(augmentation) : [],
        probability: augmentation.probability,
        captions: captionPartsOf(captions),
        contentLoss: enabled && contentLoss(settings),
        timesteps: timestepsOf(timesteps),
      });
    }
    case "dreambooth": {
      const { method: _, textEncoder: _text, ...rest } = config;
      return dreambooth({ ...common, ...rest, trainable: trainablesOf(config) });
    }
    case "textual_inversion": {
      const { method: _, ...rest } = config;
      return textualInversion({ ...common, ...rest });
    }
    case "lora": {
      const { method: _, ...rest } = config;
      return lora({ ...common, ...rest });
    }
    case "full":
      return full({ ...common, ...config, trainable: trainablesOf(config) });
  }
}

type TrainableConfig = Pick<z.infer<typeof specialistSchema>, "textEncoder" | "trainable">;

function trainablesOf(
  { trainable = { unet: true }, textEncoder: text }: TrainableConfig,
): Trainable[] {
  const { unet, lora, token } = trainable as NonNullable<TrainableConfig["trainable"]>;
  return [
    ...token ? [newToken(token)] : [],
    ...unet ? [wholeUnet()] : [],
    ...lora ? [loraAdapters(lora)] : [],
    ...text ? [textEncoder(text)] : [],
  ];
}
