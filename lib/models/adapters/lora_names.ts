/** Names and settings of low-rank adapters in diffusers' and kohya's files. */
import { z } from "zod";
import { firstProblem, parseJson, UserError } from "../../internal/runtime/mod.ts";
import { type NamedArray, readSafetensors, writeSafetensors } from "../files/safetensors.ts";
import type { StableDiffusion } from "../stable_diffusion/stable_diffusion.ts";
import { hashMetadata } from "./origin.ts";

// The names of low-rank adapters' parts in files.

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
function kohyaLayer(layer: string): string {
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

// Low-rank adapters' settings in a file's metadata, as diffusers writes them.

const key = "lora_adapter_metadata";

const alpha = z.number().positive().max(1e6).optional();
const rank = z.int().positive().max(1e6).optional();
const off = z.literal(false).optional();
const empty = z.strictObject({}).optional();

/** Of settings that change what adapters do, only these values are known here. */
const settingsSchema = z.looseObject({
  "unet.r": rank,
  "unet.lora_alpha": alpha,
  "unet.alpha_pattern": empty,
  "unet.use_rslora": off,
  "text_encoder.lora_alpha": alpha,
  "text_encoder.alpha_pattern": empty,
  "text_encoder.use_rslora": off,
});

type LoraSettings = z.infer<typeof settingsSchema>;

/**
 * The settings in a file's metadata; undefined where there are none.
 *
 * @throws UserError naming the file, and the unsupported setting
 */
export function readLoraSettings(file: string, metadata: Record<string, string>): LoraSettings {
  if (metadata[key] === undefined) return {};
  const fail = (what: string, field: string, cause: unknown) =>
    new UserError({
      what: `unsupported adapter settings: ${what}`,
      file,
      field,
      remedy: "give adapters whose scale is alpha / rank, the same for all layers",
    }, { cause });
  let value: unknown;
  try {
    value = parseJson(metadata[key]);
  } catch (error) {
    throw fail((error as Error).message, key, error);
  }
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, what } = firstProblem(parsed.error, value, settingsSchema);
  throw fail(what, path || key, parsed.error);
}

export function loraSettingsMetadata(settings: LoraSettings): Record<string, string> {
  return { [key]: JSON.stringify(settings) };
}

/** Metadata without the settings. */
function withoutLoraSettings(
  { [key]: _, ...others }: Record<string, string>,
): Record<string, string> {
  return others;
}

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
