/** Scores that need no true drawing: how near images are to the shots, and the shots to each other. */
import { mean } from "simple-statistics";
import type { Shot } from "../data/mod.ts";
import { jointEmbedding, type Judge, type Seen } from "./judge.ts";
import { clipScores, cosine, meanDirection, nearestShots } from "./similarity.ts";

/** The shots as the judge sees them. */
export type SeenShots = {
  each: readonly Seen[];
  /** The mean of how they are drawn, of length 1. */
  style: Float64Array;
};

/** @throws RangeError if there is no shot */
export function seenShots(each: readonly Seen[]): SeenShots {
  return { each, style: meanDirection(each.map(({ style }) => style)) };
}

/** Of each image, the cosine of how it is drawn and the mean of the shots. [N] */
export function styleScores(images: readonly Seen[], { style }: SeenShots): number[] {
  return images.map((image) => cosine(image.style, style));
}

/** Of each image, its likeness to the shot that it is most like. [N] */
export function nearestShotScores(images: readonly Seen[], { each }: SeenShots): number[] {
  return nearestShots(images.map(jointEmbedding), each.map(jointEmbedding))
    .map(({ cosine }) => cosine);
}

/** Scores of the style's own images, one value an image. */
export type OwnScores = Record<"content" | "style" | "nearestShot", number[]>;

/**
 * What the shots themselves score, each against the others (leave-one-out): an image in the style has
 * about the same style score, and a new one is about as like its nearest shot. Content is of a shot's
 * own caption.
 *
 * ```ts
 * const own = await leaveOneOutScores(lab.judge, lab.style.shots);
 * ```
 *
 * @returns undefined where there is only one shot
 */
export async function leaveOneOutScores(
  judge: Judge,
  shots: readonly Shot[],
): Promise<OwnScores | undefined> {
  if (shots.length < 2) return undefined;
  const seen = await judge.images(shots.map(({ image }) => image));
  const texts = await judge.texts(shots.map(({ caption }) => caption));
  const others = seen.map((_, i) => seenShots(seen.filter((_, j) => j !== i)));
  return {
    content: clipScores(seen.map(({ content }) => content), texts),
    style: seen.flatMap((shot, i) => styleScores([shot], others[i])),
    nearestShot: seen.flatMap((shot, i) => nearestShotScores([shot], others[i])),
  };
}

/** Means of what the style's own images score; no true drawing's likeness is among them. */
export function ownMeans(
  own: Partial<OwnScores> | undefined,
): Partial<Record<keyof OwnScores, number>> {
  const names = ["content", "style", "nearestShot"] as const;
  return Object.fromEntries(
    names.flatMap((name) => own?.[name] ? [[name, mean(own[name])]] : []),
  );
}
