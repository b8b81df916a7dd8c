/** What files call the parts of low-rank adapters. */
import type { StableDiffusion } from "../stable_diffusion/mod.ts";

/** A network that may have adapters, and a name of one of its layers. */
export type AdaptedLayer = { network: "unet" | "textEncoder"; layer: string };

/** W + (α / r) B A: A is `down`, B is `up`, α is `alpha`. */
export type LoraPart = AdaptedLayer & { part: "down" | "up" | "alpha" };

const parts: Record<string, LoraPart["part"]> = {
  "lora.down.weight": "down",
  "lora_linear_layer.down.weight": "down",
  "lora_A.weight": "down",
  "lora_down.weight": "down",
  "lora.up.weight": "up",
  "lora_linear_layer.up.weight": "up",
  "lora_B.weight": "up",
  "lora_up.weight": "up",
  "alpha": "alpha",
};

/** What kohya's scripts, and the user interfaces that read their files, call a layer of the U-Net. */
export function kohyaLayer(layer: string): string {
  return `lora_unet_${layer.replaceAll(".", "_")}`;
}

/**
 * Finds what a tensor of a file of adapters is, in diffusers' names ("unet.mid_block….to_k.lora.up.weight"
 * and those of earlier and later versions) or kohya's ("lora_unet_mid_block_…_to_k.lora_up.weight").
 */
export function loraNames(
  { unet, textEncoder }: Pick<StableDiffusion, "unet" | "textEncoder">,
): (name: string) => LoraPart | undefined {
  const byName = new Map<string, AdaptedLayer>();
  for (const layer of layersOf(unet.params)) {
    byName.set(`unet.${layer}`, { network: "unet", layer });
    byName.set(kohyaLayer(layer), { network: "unet", layer });
  }
  for (const layer of layersOf(textEncoder.params)) {
    byName.set(`text_encoder.${layer}`, { network: "textEncoder", layer });
    byName.set(`lora_te_${layer.replaceAll(".", "_")}`, { network: "textEncoder", layer });
  }
  return (name) => {
    const ending = Object.keys(parts).find((ending) => name.endsWith(`.${ending}`));
    if (!ending) return undefined;
    const layer = byName.get(name.slice(0, -ending.length - 1));
    return layer && { ...layer, part: parts[ending] };
  };
}

function layersOf(params: Record<string, unknown>): string[] {
  return Object.keys(params).flatMap((name) => /^(.+)\.weight$/.exec(name)?.[1] ?? []);
}
