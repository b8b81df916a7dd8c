import { z } from "zod";
import { layers, only, size } from "../files/config.ts";

const tower = {
  hidden_size: size.describe("width of the tower"),
  intermediate_size: size.describe("width inside each MLP"),
  num_hidden_layers: layers.describe("transformer blocks"),
  num_attention_heads: size.describe("attention heads of each block"),
  hidden_act: z.enum(["quick_gelu", "gelu"]).default("quick_gelu").describe("the MLP's activation"),
  layer_norm_eps: z.number().positive().default(1e-5).describe("added to the variance"),
  attention_dropout: only(0),
};

function headsDivide(
  { hidden_size, num_attention_heads }: { hidden_size: number; num_attention_heads: number },
): boolean {
  return hidden_size % num_attention_heads === 0;
}

const undivided = { path: ["num_attention_heads"], error: "must divide hidden_size" };

/** `CLIPTextModel`'s config.json: the fields that make a difference here; others are kept. */
export const clipTextConfigSchema = z.looseObject({
  ...tower,
  model_type: only("clip_text_model"),
  vocab_size: size.describe("tokens in the vocabulary"),
  max_position_embeddings: size.default(77).describe("longest sequence, in tokens"),
  eos_token_id: z.int().default(2).describe(
    "whose first position is pooled; 2 stands for the largest id, as in SD v1",
  ),
}).refine(headsDivide, undivided);

/** `CLIPVisionModel`'s config.json. */
export const clipVisionConfigSchema = z.looseObject({
  ...tower,
  model_type: only("clip_vision_model"),
  image_size: size.describe("side of the images, in pixels"),
  patch_size: size.describe("side of a patch, in pixels"),
  num_channels: size.default(3).describe("colour channels"),
}).refine(headsDivide, undivided).refine(
  ({ image_size, patch_size }) => image_size % patch_size === 0,
  { path: ["patch_size"], error: "must divide image_size" },
);

/** `CLIPModel`'s config.json. */
export const clipConfigSchema = z.looseObject({
  model_type: only("clip"),
  projection_dim: size.describe("width of the shared space"),
  logit_scale_init_value: z.number().default(2.6592).describe("logarithm of 1 / temperature"),
  text_config: clipTextConfigSchema,
  vision_config: clipVisionConfigSchema,
});

export type ClipTextConfig = z.infer<typeof clipTextConfigSchema>;
export type ClipVisionConfig = z.infer<typeof clipVisionConfigSchema>;
export type ClipConfig = z.infer<typeof clipConfigSchema>;
