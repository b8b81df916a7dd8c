import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import type { Tokenizer } from "../models/tokenizer.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { textEncoderOf } from "./networks.ts";

/**
 * What the U-Net is told about each prompt: the text encoder's last states.
 *
 * @returns [prompts, length, d]
 */
export function encodePrompts(
  { tokenizer, textEncoder }: Pick<StableDiffusion, "tokenizer" | "textEncoder">,
  prompts: readonly string[],
): Tensor {
  const ids = promptIds(tokenizer, prompts);
  const states = textEncoderOf(textEncoder.config)(textEncoder.params, ids);
  ids.dispose();
  return states;
}

/**
 * Prompts as the text encoder reads them.
 *
 * @returns int32 [prompts, length]
 */
export function promptIds(tokenizer: Tokenizer, prompts: readonly string[]): Tensor {
  return tf.tensor(
    prompts.flatMap((prompt) => tokenizer.encode(prompt)),
    [prompts.length, tokenizer.data.maxLength],
    "int32",
  );
}
