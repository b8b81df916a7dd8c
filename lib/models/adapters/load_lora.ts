import { UserError } from "../../errors/mod.ts";
import type { Params } from "../../nn/mod.ts";
import { tf } from "../../tensorflow/mod.ts";
import { type NamedArray, readSafetensors } from "../safetensors.ts";
import type { StableDiffusion } from "../stable_diffusion/mod.ts";
import { type AdaptedLayer, loraNames, type LoraPart } from "./lora_names.ts";
import { readLoraSettings } from "./lora_settings.ts";
import type { LoraAdapters } from "./with_lora.ts";

type LoraParts = Partial<Record<LoraPart["part"], NamedArray>>;

/**
 * Reads low-rank adapters in diffusers' or kohya's names. Where nothing tells α, it is the rank.
 *
 * @param model that the adapters are for
 * @throws UserError naming the file, and the tensor that the model has no place for, or the setting
 * that is not known here
 */
export async function loadLora(
  file: string,
  model: Pick<StableDiffusion, "unet" | "textEncoder">,
): Promise<LoraAdapters> {
  const { tensors, metadata } = await readSafetensors(file);
  const partOf = loraNames(model);
  const layers = new Map<string, { place: AdaptedLayer; parts: LoraParts }>();
  for (const [name, array] of Object.entries(tensors)) {
    const found = partOf(name);
    if (!found) throw misfit(file, `the model has no place for the adapter ${name}`);
    const { part, ...place } = found;
    const key = `${place.network} ${place.layer}`;
    if (!layers.has(key)) layers.set(key, { place, parts: {} });
    layers.get(key)!.parts[part] = array;
  }
  const settings = readLoraSettings(file, metadata);
  const alphas = {
    unet: settings["unet.lora_alpha"],
    textEncoder: settings["text_encoder.lora_alpha"],
  };
  const adapters: LoraAdapters = { unet: {}, textEncoder: {} };
  for (const { place: { network, layer }, parts } of layers.values()) {
    const shape = model[network].params[`${layer}.weight`].shape;
    const loaded = adapterOf(parts, outputsAndInputs(shape), alphas[network]);
    if (!loaded) throw misfit(file, `the adapter of ${layer} does not fit its weight [${shape}]`);
    for (const [part, value] of Object.entries(loaded)) {
      adapters[network][`${layer}.lora.${part}`] = value;
    }
  }
  return adapters;
}

/** An adapter's tensors; nothing where they do not belong beside a matrix [out, in]. */
function adapterOf(
  { down, up, alpha }: LoraParts,
  [outputs, inputs]: number[],
  otherwise: number | undefined,
): Params | undefined {
  const rank = down?.shape[0] ?? 0;
  if (rank === 0 || down?.data.length !== rank * inputs || up?.data.length !== outputs * rank) {
    return undefined;
  }
  return {
    "down.weight": tf.tensor(Float32Array.from(down.data), [rank, inputs]),
    "up.weight": tf.tensor(Float32Array.from(up.data), [outputs, rank]),
    scale: tf.scalar((alpha?.data[0] ?? otherwise ?? rank) / rank),
  };
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
