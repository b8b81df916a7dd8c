/** How the style judge learns: same designer and different concept are alike (Khosla et al. 2020). */
import { createRandom, type Random } from "specialist/data";
import { tf } from "specialist/internal/tensor/mod.ts";
import { imageTower, imageTowerSpecs, initParams, type StyleJudgeConfig } from "specialist/models";
import type { TrainingTask } from "specialist/training";
import type { Drawing } from "../pretrain/base_data.ts";
import type { JudgesConfig } from "./config.ts";
import { drawPart, type ViewBatch, viewBatch, viewed } from "./views.ts";

/**
 * Each batch shows the same few concepts by every designer, so that the hardest negatives, the same
 * concept by another designer, are always there.
 */
export function styleTask(
  { seed, style: { training, smallestView, temperature } }: JudgesConfig,
  { image_config }: StyleJudgeConfig,
  drawings: readonly Drawing[],
): TrainingTask {
  const sets = [...new Set(drawings.map(({ set }) => set))];
  const byConcept = [...Map.groupBy(drawings, ({ concept }) => concept).values()];
  return {
    params: initParams(imageTowerSpecs(image_config), createRandom(seed).fork("style judge")),
    batch(streams) {
      const random = streams.at("batch");
      const shown = drawGrid(random, byConcept, training.batchSize);
      const views = shown.map(() => ({ crop: drawPart(random, smallestView) }));
      const n = shown.length;
      const labels = shown.map(({ set, concept }) => ({ set: sets.indexOf(set), concept }));
      const weights = (test: (i: number, j: number) => boolean) =>
        tf.tensor(
          labels.flatMap((_, i) => labels.map((_, j) => Number(test(i, j)))),
          [n, n],
        );
      return {
        ...viewBatch(shown, views, image_config.image_size),
        positive: weights((i, j) =>
          labels[i].set === labels[j].set && labels[i].concept !== labels[j].concept
        ),
        // What is compared: an image neither with itself nor with its concept by the same designer.
        compared: weights((i, j) =>
          i !== j && !(labels[i].set === labels[j].set && labels[i].concept === labels[j].concept)
        ),
      };
    },
    loss(params, { positive, compared, ...batch }) {
      const images = imageTower(params, image_config, viewed(batch as ViewBatch)); // [n, d]
      const logits = tf.div(tf.matMul(images, images, false, true), temperature);
      const masked = tf.add(logits, tf.mul(tf.sub(compared, 1), 1e9));
      const logShares = tf.mul(tf.logSoftmax(masked), positive);
      const counts = tf.maximum(tf.sum(positive, 1), 1);
      return tf.neg(tf.mean(tf.div(tf.sum(logShares, 1), counts)));
    },
  };
}

/** `n` drawings: all designers' of one concept after the other. */
function drawGrid(random: Random, byConcept: readonly Drawing[][], n: number): Drawing[] {
  const shown: Drawing[] = [];
  for (const drawings of random.shuffle(byConcept)) {
    shown.push(...random.shuffle(drawings));
    if (shown.length >= n) break;
  }
  return shown.slice(0, n);
}
