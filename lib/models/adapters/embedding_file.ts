/** A learned word as a file. */
import { UserError } from "../../errors/mod.ts";
import { tf } from "../../tensorflow/mod.ts";
import { storedParams } from "../checkpoint.ts";
import { readSafetensors, writeSafetensors } from "../safetensors.ts";
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

/** @throws UserError if the file holds anything but one word of one row */
export async function loadEmbedding(file: string): Promise<LearnedWord> {
  const [word, ...others] = Object.entries((await readSafetensors(file)).tensors);
  const width = word?.[1].shape.at(-1);
  if (!width || word[1].data.length !== width || others.length > 0) {
    throw new UserError({
      what: "this is not a learned word of one row",
      file,
      remedy: "give a learned_embeds.safetensors as diffusers or this project saves it",
    });
  }
  const [placeholder, { data }] = word;
  return { placeholder, row: tf.tensor(Float32Array.from(data), [1, width]) };
}
