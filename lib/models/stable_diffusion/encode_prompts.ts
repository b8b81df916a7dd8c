/** Prompts as the U-Net is told about them. */
import type { Params } from "../../nn/mod.ts";
import { compile, memoized, type Tensor, tf } from "../../tensorflow/mod.ts";
import { clipText, type ClipTextConfig } from "../clip/mod.ts";
import type { Tokenizer } from "../tokenizer.ts";
import type { StableDiffusionParts } from "./stable_diffusion.ts";

/**
 * What the U-Net is told about each prompt: the text encoder's last states.
 *
 * @returns [prompts, length, d]
 */
export function encodePrompts(
  { tokenizer, textEncoder }: Pick<StableDiffusionParts, "tokenizer" | "textEncoder">,
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

/** int32 [n, length] → states [n, length, d]; traced once for each configuration. */
const textEncoderOf = memoized((config: ClipTextConfig) =>
  compile((params: Params, ids: Tensor) => clipText(params, config, ids).lastHiddenState)
);
