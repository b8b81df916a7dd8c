import { UserError } from "../../errors/mod.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../safetensors.ts";
import { adapterMetadataKey } from "./lora_file.ts";
import { kohyaLayer } from "./lora_names.ts";
import { hashMetadata } from "./origin.ts";

/**
 * Writes adapters that {@link saveLora} wrote in the names of kohya's scripts, as AUTOMATIC1111's web UI,
 * ComfyUI and others read them. Where they come from is said in the new file too.
 *
 * @throws UserError if `from` holds no adapters of a U-Net
 */
export async function convertToKohya(from: string, to: string): Promise<void> {
  const { tensors, metadata } = await readSafetensors(from);
  const { [adapterMetadataKey]: settings, ...others } = metadata;
  if (settings === undefined) {
    throw new UserError({
      what: "there are no low-rank adapters of a U-Net",
      file: from,
      remedy: "give the lora.safetensors of a run",
    });
  }
  const { "unet.r": rank, "unet.lora_alpha": alpha } = JSON.parse(settings);
  const renamed: Record<string, NamedArray> = {};
  for (const [name, array] of Object.entries(tensors)) {
    const [, layer, part] = /^unet\.(.+)\.lora\.(down|up)\.weight$/.exec(name)!;
    renamed[`${kohyaLayer(layer)}.lora_${part}.weight`] = array;
    renamed[`${kohyaLayer(layer)}.alpha`] = {
      shape: [],
      dtype: "F32",
      data: Float32Array.of(alpha),
    };
  }
  await writeSafetensors(to, renamed, {
    ...others,
    ...hashMetadata(renamed),
    ss_network_module: "networks.lora",
    ss_network_dim: `${rank}`,
    ss_network_alpha: `${alpha}`,
    ss_base_model_version: /-v2/.test(others["modelspec.architecture"]) ? "sd_v2" : "sd_v1",
    ss_output_name: others["modelspec.title"] ?? "",
  });
}
