import { UserError } from "../../errors/mod.ts";
import type { Params } from "../../nn/mod.ts";
import { tf } from "../../tensorflow/mod.ts";
import { openSafetensors, type SafetensorsFile } from "../safetensors.ts";
import type { TensorEntry } from "../safetensors_header.ts";
import type { StableDiffusion } from "../stable_diffusion/mod.ts";
import { type AdaptedLayer, loraNames, type LoraPart } from "./lora_names.ts";
import { readLoraSettings } from "./lora_settings.ts";
import type { LoraAdapters } from "./with_lora.ts";

type LoraParts = Partial<Record<LoraPart["part"], TensorEntry>>;

/**
 * Reads low-rank adapters in diffusers' or kohya's names. Where nothing tells α, it is the rank.
 *
 * @param model that the adapters are for
 * @throws UserError naming the file, and the tensor that the model has no place for, or with a number
 * that is not finite, or the setting that is not known here
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

/** An adapter's tensors; nothing where they do not belong beside a matrix [out, in]. */
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
  return shape.reduce((product, size) => product * size, 1);
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
