import { UserError } from "../../errors/mod.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../safetensors.ts";
import { kohyaLayer } from "./lora_names.ts";
import { readLoraSettings, withoutLoraSettings } from "./lora_settings.ts";
import { hashMetadata } from "./origin.ts";

/**
 * Writes adapters that {@link saveLora} wrote in the names of kohya's scripts, as AUTOMATIC1111's web UI,
 * ComfyUI and others read them. Where they come from is said in the new file too.
 *
 * @throws UserError if `from` holds anything else
 */
export async function convertToKohya(from: string, to: string): Promise<void> {
  const { tensors, metadata } = await readSafetensors(from);
  const { "unet.r": rank, "unet.lora_alpha": alpha = rank } = readLoraSettings(from, metadata);
  const renamed: Record<string, NamedArray> = {};
  for (const [name, array] of Object.entries(tensors)) {
    const [, layer, part] = /^unet\.(.+)\.lora\.(down|up)\.weight$/.exec(name) ?? [];
    if (layer === undefined || alpha === undefined) throw notOurs(from);
    renamed[`${kohyaLayer(layer)}.lora_${part}.weight`] = array;
    renamed[`${kohyaLayer(layer)}.alpha`] = {
      shape: [],
      dtype: "F32",
      data: Float32Array.of(alpha),
    };
  }
  const origin = withoutLoraSettings(metadata);
  await writeSafetensors(to, renamed, {
    ...origin,
    ...hashMetadata(renamed),
    ss_network_module: "networks.lora",
    ss_network_dim: `${rank}`,
    ss_network_alpha: `${alpha}`,
    ss_base_model_version: /-v2/.test(origin["modelspec.architecture"]) ? "sd_v2" : "sd_v1",
    ss_output_name: origin["modelspec.title"] ?? "",
  });
}

function notOurs(file: string): UserError {
  return new UserError({
    what: "these are not low-rank adapters of a U-Net as this project saves them",
    file,
    remedy: "give the lora.safetensors of a run",
  });
}
