/** A learned word as a file. */
import { UserError } from "../../errors/mod.ts";
import { tf } from "../../tensorflow/mod.ts";
import { storedParams } from "../checkpoint.ts";
import { openSafetensors, writeSafetensors } from "../safetensors.ts";
import { hashMetadata } from "./origin.ts";
import type { LearnedWord } from "./word.ts";

/**
 * Writes a learned word as diffusers' `load_textual_inversion`, AUTOMATIC1111's web UI and ComfyUI read
 * it: one tensor [d], called as the word is. User interfaces call it as the file is called.
 *
 * @param metadata more of it, as {@link originMetadata} has it
 */
export async function saveEmbedding(
  file: string,
  { placeholder, row }: LearnedWord,
  metadata: Record<string, string> = {},
): Promise<void> {
  const embedding = tf.squeeze(row, [0]);
  const tensors = storedParams({ [placeholder]: embedding }, "F32");
  await writeSafetensors(file, tensors, { ...metadata, ...hashMetadata(tensors) });
  embedding.dispose();
}

/** Far more than any text encoder's. */
const widest = 1 << 16;

/** @throws UserError if the file holds anything but one word of one row of finite numbers */
export async function loadEmbedding(file: string): Promise<LearnedWord> {
  using opened = await openSafetensors(file);
  const [word, ...others] = opened.entries;
  const width = word?.shape.at(-1) ?? 0;
  const isRow = width >= 1 && width <= widest && word.shape.slice(0, -1).every((n) => n === 1);
  if (!isRow || others.length > 0 || word.name.trim() === "") {
    throw new UserError({
      what: "this is not a learned word of one row",
      file,
      remedy: "give a learned_embeds.safetensors as diffusers or this project saves it",
    });
  }
  const { data } = opened.readWeights(word);
  return { placeholder: word.name, row: tf.tensor(Float32Array.from(data), [1, width]) };
}
