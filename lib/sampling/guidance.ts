import type { Backbone } from "../diffusion/backbone.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";

/**
 * Classifier-free guidance (Ho and Salimans 2021, equation 6): e_u + g (e_c − e_u), both branches in
 * one evaluation.
 *
 * @param predict for a batch of 2 n latents and contexts
 * @param latents [n, h, w, c]
 * @param contexts [2 n, length, d]: unconditional first, then conditional; [n, …] where g is 1
 */
export function guided(
  predict: (latents: Tensor, contexts: Tensor) => Tensor,
  latents: Tensor,
  contexts: Tensor,
  guidanceScale: number,
): Tensor {
  if (!isGuided(guidanceScale)) return predict(latents, contexts);
  const both = predict(tf.concat([latents, latents], 0), contexts); // [2 n, h, w, c]
  const [unconditional, conditional] = tf.split(both, 2, 0);
  return tf.add(unconditional, tf.mul(tf.sub(conditional, unconditional), guidanceScale));
}

/** A guidance scale of 1 leaves the conditional prediction as it is: the other is not computed. */
function isGuided(guidanceScale: number): boolean {
  return guidanceScale !== 1;
}

/**
 * The contexts of prompts as {@link guided} takes them.
 *
 * @param negativePrompts what to draw away from, one for each prompt
 */
export function encodeGuided(
  model: Pick<Backbone, "encodePrompts">,
  prompts: readonly string[],
  guidanceScale: number,
  negativePrompts: readonly string[] = prompts.map(() => ""),
): Tensor {
  return model.encodePrompts(isGuided(guidanceScale) ? [...negativePrompts, ...prompts] : prompts);
}
