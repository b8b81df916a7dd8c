/** Low-rank adapters of a U-Net as a file, `pytorch_lora_weights.safetensors`, as diffusers has it. */
import { type LoraShape, type Params, prefixed } from "../../nn/mod.ts";
import { storedParams } from "../checkpoint.ts";
import { writeSafetensors } from "../safetensors.ts";
import { loraSettingsMetadata } from "./lora_settings.ts";
import { hashMetadata } from "./origin.ts";

/** Adapters under the U-Net's names, `${layer}.lora.down.weight` and `.up.weight`. */
export type LoraWeights = LoraShape & { adapters: Params };

/**
 * Writes a file that {@link loadLora} and diffusers' `load_lora_weights` read.
 *
 * @param metadata more of it, as {@link originMetadata} has it
 */
export async function saveLora(
  file: string,
  { adapters, rank, alpha }: LoraWeights,
  metadata: Record<string, string> = {},
): Promise<void> {
  const layers = Object.keys(adapters).map((name) => name.replace(/\.lora\..*$/, ""));
  const targets = layers.map((layer) => /[^.]*[^.\d](\.\d+)?$/.exec(layer)![0]);
  const settings = {
    "unet.peft_type": "LORA",
    "unet.r": rank,
    "unet.lora_alpha": alpha,
    "unet.target_modules": [...new Set(targets)].sort(),
  };
  const tensors = storedParams(prefixed(adapters, "unet"), "F32");
  await writeSafetensors(file, tensors, {
    ...metadata,
    ...hashMetadata(tensors),
    ...loraSettingsMetadata(settings),
  });
}
