/** Files of adapters and learned words, added to a base model. */
import { UserError } from "../../internal/runtime/mod.ts";
import { tf } from "../../internal/tensor/mod.ts";
import { openSafetensors } from "../files/safetensors.ts";
import type { StableDiffusion } from "../stable_diffusion/stable_diffusion.ts";
import { loadEmbedding, withWord } from "./learned_word.ts";
import { loadLora, withLora } from "./lora_file.ts";

export type Additions = {
  /** Files of low-rank adapters, in diffusers' or kohya's names. */
  lora?: readonly string[];
  /** How much of each is added: one number for all of them, or one for each; 1 by default. */
  loraScale?: readonly number[];
  /** File of a learned word. */
  embedding?: string;
};

export type ModelWithAdditions = {
  /** It shares all weights that nothing is added to with the base model. */
  model: StableDiffusion;
  /** What prompts have to say, where the files tell: the word's name, or the last adapters' phrase. */
  trigger?: string;
};

/**
 * A base model with low-rank adapters and a learned word. Adapters add up.
 *
 * ```ts
 * const { model } = await withAdditions(await loadStableDiffusion("data/models/emoji-base"), {
 *   lora: ["chalk.safetensors", "ink.safetensors"],
 *   loraScale: [0.7, 0.5],
 * });
 * ```
 *
 * @throws UserError where a file does not fit the model, or the scales do not fit the files
 */
export async function withAdditions(
  base: StableDiffusion,
  { lora = [], loraScale = [], embedding }: Additions,
): Promise<ModelWithAdditions> {
  if (loraScale.length > 1 && loraScale.length !== lora.length) {
    throw new UserError({
      what: `there are ${loraScale.length} scales for ${lora.length} files of adapters`,
      field: "loraScale",
      value: [...loraScale],
      remedy: "give one scale for each file of adapters, or one for all of them",
    });
  }
  let model = base;
  let trigger: string | undefined;
  for (const [i, file] of lora.entries()) {
    const adapters = await loadLora(file, base);
    const adapted = withLora(model, adapters, loraScale[i] ?? loraScale[0]);
    tf.dispose([adapters.unet, adapters.textEncoder]);
    disposeAdditions(base, model, adapted);
    model = adapted;
    trigger = await triggerOf(file) ?? trigger;
  }
  if (embedding !== undefined) {
    const word = await loadEmbedding(embedding);
    model = { ...model, ...withWord(model, word) };
    trigger = await triggerOf(embedding) ?? word.placeholder;
  }
  return { model, ...(trigger !== undefined && { trigger }) };
}

/** Frees what {@link withAdditions} made of a base model, except what another model shares with it. */
export function disposeAdditions(
  base: StableDiffusion,
  model: StableDiffusion,
  other: StableDiffusion = base,
): void {
  for (const network of ["unet", "textEncoder"] as const) {
    const kept = new Set([base, other].flatMap((model) => Object.values(model[network].params)));
    for (const weights of Object.values(model[network].params)) {
      if (!kept.has(weights)) weights.dispose();
    }
  }
}

/** What a file's metadata says that prompts have to say. */
async function triggerOf(file: string): Promise<string | undefined> {
  using opened = await openSafetensors(file);
  return opened.metadata["modelspec.trigger_phrase"] || undefined;
}
