/**
 * Shots encoded once, in a few variants, as the common training scripts cache latents and text
 * embeddings: steps need neither the autoencoder nor a frozen text encoder. Where variants are few, a
 * step shows crops, transformations and captions that it has shown before.
 */
import type { StableDiffusion } from "../models/stable_diffusion/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import { type Tensor, tf } from "../tensorflow/mod.ts";
import { encodeImages } from "../training/mod.ts";
import { drawShots } from "./epochs.ts";
import type { Learner } from "./learner.ts";
import type { Shown, ShowShots } from "./show_shots.ts";

/** A picture of the model's size, and its whole caption. */
export type Captioned = Pick<Shown, "image" | "caption">;

/** Rows of a batch: scaled latents [n, h, w, c], and what the learner makes of captions. */
export type Encoded = { latents: Tensor; texts: Tensor };

/** How steps come by their shots. */
export type Shots = {
  show: ShowShots;
  encode(shown: readonly Captioned[], random: Random): Encoded;
};

/** Shots that each step shows and encodes anew. */
export function freshShots(show: ShowShots, model: StableDiffusion, learner: Learner): Shots {
  return {
    show,
    encode: (shown, random) => ({
      latents: encodeImages(model, shown.map(({ image }) => image), random),
      texts: learner.encode(shown.map(({ caption }) => caption)),
    }),
  };
}

/**
 * Shots of which steps show one of so many variants each, encoded here.
 *
 * @param count how many shots there are
 * @param others what else steps encode
 */
export function cachedShots(
  { show, encode }: Shots,
  { count, variants, others }: { count: number; variants: number; others: readonly Captioned[] },
): Shots {
  const random = createRandom("cached shots");
  const shown = Array.from(
    { length: variants },
    (_, epoch) => show({ step: epoch, batchSize: count }, random),
  ).flat();
  const variantsOf = Map.groupBy(shown, ({ shot }) => shot);
  const rows = new Map<Captioned, Encoded>();
  for (const one of [...shown, ...others]) rows.set(one, encode([one], random));
  return {
    show: (showing, random) =>
      drawShots(count, showing, random).map((shot) => random.choice(variantsOf.get(shot)!)),
    encode(shown) {
      const stacked = (part: keyof Encoded) => tf.concat(shown.map((one) => rows.get(one)![part]));
      return { latents: stacked("latents"), texts: stacked("texts") };
    },
  };
}
