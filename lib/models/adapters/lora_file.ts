/** Low-rank adapters in files, as diffusers writes them. */
import { sizeOf, UserError } from "../../internal/runtime/mod.ts";
import { tf } from "../../internal/tensor/mod.ts";
import { storedParams } from "../files/parameters.ts";
import { openSafetensors, type SafetensorsFile, writeSafetensors } from "../files/safetensors.ts";
import type { TensorEntry } from "../files/safetensors_header.ts";
import { type Params, prefixed } from "../layers.ts";
import { type LoraShape, mergeLora } from "../lora.ts";
import type { StableDiffusion } from "../stable_diffusion/stable_diffusion.ts";
import {
  type AdaptedLayer,
  loraNames,
  type LoraPart,
  loraSettingsMetadata,
  readLoraSettings,
} from "./lora_names.ts";
import { hashMetadata } from "./origin.ts";

type LoraParts = Partial<Record<LoraPart["part"], TensorEntry>>;

/**
 * Reads low-rank adapters in diffusers' or kohya's names. Where α is missing, it is the rank.
 *
 * @param model that the adapters are for
 * @throws UserError naming the file, and the tensor that does not fit the model or is not finite,
 * or the unsupported setting
 */
export async function loadLora(
  file: string,
  model: Pick<StableDiffusion, "unet" | "textEncoder">,
): Promise<LoraAdapters> {
  using opened = await openSafetensors(file);
  const partOf = loraNames(model);
  const layers = new Map<string, { place: AdaptedLayer; parts: LoraParts }>();
  for (const entry of opened.entries) {
    const found = partOf(entry.name);
    if (!found) throw misfit(file, `the model has no place for the adapter ${entry.name}`);
    const { part, ...place } = found;
    const key = `${place.network} ${place.layer}`;
    if (!layers.has(key)) layers.set(key, { place, parts: {} });
    layers.get(key)!.parts[part] = entry;
  }
  const settings = readLoraSettings(file, opened.metadata);
  const alphas = {
    unet: settings["unet.lora_alpha"],
    textEncoder: settings["text_encoder.lora_alpha"],
  };
  return tf.tidy(() => {
    const adapters: LoraAdapters = { unet: {}, textEncoder: {} };
    for (const { place: { network, layer }, parts } of layers.values()) {
      const shape = model[network].params[`${layer}.weight`].shape;
      const loaded = adapterOf(opened, parts, outputsAndInputs(shape), alphas[network]);
      if (!loaded) throw misfit(file, `the adapter of ${layer} does not fit its weight [${shape}]`);
      for (const [part, value] of Object.entries(loaded)) {
        adapters[network][`${layer}.lora.${part}`] = value;
      }
    }
    return adapters;
  });
}

/** An adapter's tensors; nothing where they do not belong next to a matrix [out, in]. */
function adapterOf(
  { readWeights }: SafetensorsFile,
  { down, up, alpha }: LoraParts,
  [outputs, inputs]: number[],
  otherwise: number | undefined,
): Params | undefined {
  const rank = down?.shape[0] ?? 0;
  if (!down || !up || rank === 0 || lengthOf(alpha ?? scalar) !== 1) return undefined;
  if (lengthOf(down) !== rank * inputs || lengthOf(up) !== outputs * rank) return undefined;
  const valuesOf = (entry: TensorEntry) => Float32Array.from(readWeights(entry).data);
  return {
    "down.weight": tf.tensor(valuesOf(down), [rank, inputs]),
    "up.weight": tf.tensor(valuesOf(up), [outputs, rank]),
    scale: tf.scalar((alpha ? valuesOf(alpha)[0] : otherwise ?? rank) / rank),
  };
}

const scalar = { shape: [] };

function lengthOf({ shape }: { shape: readonly number[] }): number {
  return sizeOf(shape);
}

/** A linear layer's weight is [out, in] here, a 1×1 convolution's [1, 1, in, out]. */
function outputsAndInputs(shape: readonly number[]): number[] {
  if (shape.length === 2) return [...shape];
  const [height, width, inputs, outputs] = shape;
  return height === 1 && width === 1 ? [outputs, inputs] : [];
}

function misfit(file: string, what: string): UserError {
  return new UserError({
    what,
    file,
    remedy:
      "give low-rank adapters of linear layers, trained with a model of the same architecture",
  });
}

// Low-rank adapters of a U-Net as a file, `pytorch_lora_weights.safetensors`, as diffusers has it.

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

/** `${layer}.lora.down.weight`, `.up.weight` and `.scale`, for layers of each network. */
export type LoraAdapters = { unet: Params; textEncoder: Params };

/**
 * The model with the adapters added to its weights. It shares all others with `model`.
 *
 * @param strength multiplies what the adapters add: 0 is the model itself, 1 what was trained
 */
export function withLora(
  model: StableDiffusion,
  { unet, textEncoder }: LoraAdapters,
  strength = 1,
): StableDiffusion {
  return {
    ...model,
    unet: { ...model.unet, params: merged(model.unet.params, unet, strength) },
    textEncoder: {
      ...model.textEncoder,
      params: merged(model.textEncoder.params, textEncoder, strength),
    },
  };
}

function merged(params: Params, adapters: Params, strength: number): Params {
  if (strength === 1) return mergeLora({ ...params, ...adapters });
  const scales = Object.entries(adapters).filter(([name]) => name.endsWith(".lora.scale"))
    .map(([name, scale]) => [name, tf.mul(scale, strength)] as const);
  const result = mergeLora({ ...params, ...adapters, ...Object.fromEntries(scales) });
  tf.dispose(scales.map(([, scale]) => scale));
  return result;
}
