/** How the style judge learns: same designer and different concept are alike (Khosla et al. 2020). */
import { createRandom, type Random } from "specialist/data";
import { tf } from "specialist/internal/tensor/mod.ts";
import {
  imageTower,
  imageTowerSpecs,
  initParams,
  type ParameterSpecs,
  type StyleJudgeConfig,
  unitRows,
} from "specialist/models";
import type { TrainingTask } from "specialist/training";
import type { JudgesConfig } from "./config.ts";
import { drawRendition, type JudgeDrawing } from "./judge_data.ts";
import { drawPart, type ViewBatch, viewBatch, viewed } from "./views.ts";

/** The judge's parameters, and what only its training needs. */
export function styleSpecs({ image_config }: StyleJudgeConfig, sets: number): ParameterSpecs {
  return {
    ...imageTowerSpecs(image_config),
    proxies: { shape: [sets, image_config.projection_dim], init: 0.1 },
  };
}

/**
 * Each batch shows the same few concepts by every designer, so that the hardest negatives, the same
 * concept by another designer, are always there.
 */
export function styleTask(
  { seed, style: { training, smallestView, temperature, proxyWeight, decodedShare } }: JudgesConfig,
  { image_config }: StyleJudgeConfig,
  drawings: readonly JudgeDrawing[],
): TrainingTask {
  const sets = [...new Set(drawings.map(({ set }) => set))];
  const byConcept = [...Map.groupBy(drawings, ({ concept }) => concept).values()];
  return {
    params: initParams(
      styleSpecs({ image_config }, sets.length),
      createRandom(seed).fork("style judge"),
    ),
    batch(streams) {
      const random = streams.at("batch");
      const shown = drawGrid(random, byConcept, training.batchSize);
      const views = shown.map(() => ({
        crop: drawPart(random, smallestView, image_config.image_size),
      }));
      const n = shown.length;
      const labels = shown.map(({ set, concept }) => ({ set: sets.indexOf(set), concept }));
      const weights = (test: (i: number, j: number) => boolean) =>
        tf.tensor(
          labels.flatMap((_, i) => labels.map((_, j) => Number(test(i, j)))),
          [n, n],
        );
      return {
        ...viewBatch(
          shown.map((drawing) => drawRendition(drawing, random, decodedShare)),
          views,
          image_config.image_size,
        ),
        designers: tf.tensor(labels.map(({ set }) => set), [n], "int32"),
        positive: weights((i, j) =>
          labels[i].set === labels[j].set && labels[i].concept !== labels[j].concept
        ),
        // What is compared: an image neither with itself nor with its concept by the same designer.
        compared: weights((i, j) =>
          i !== j && !(labels[i].set === labels[j].set && labels[i].concept === labels[j].concept)
        ),
      };
    },
    loss(params, { positive, compared, designers, ...batch }) {
      const images = imageTower(params, image_config, viewed(batch as ViewBatch)); // [n, d]
      const logits = tf.div(tf.matMul(images, images, false, true), temperature);
      const masked = tf.add(logits, tf.mul(tf.sub(compared, 1), 1e9));
      const logShares = tf.mul(tf.logSoftmax(masked), positive);
      const counts = tf.maximum(tf.sum(positive, 1), 1);
      const contrast = tf.neg(tf.mean(tf.div(tf.sum(logShares, 1), counts)));
      const among = tf.div(tf.matMul(images, unitRows(params.proxies), false, true), temperature);
      const hot = tf.oneHot(tf.cast(designers, "int32"), sets.length);
      const told = tf.neg(tf.mean(tf.sum(tf.mul(hot, tf.logSoftmax(among)), 1)));
      return tf.add(contrast, tf.mul(told, proxyWeight));
    },
  };
}

/** `n` drawings: all designers' of one concept after the other. */
function drawGrid(
  random: Random,
  byConcept: readonly JudgeDrawing[][],
  n: number,
): JudgeDrawing[] {
  const shown: JudgeDrawing[] = [];
  for (const drawings of random.shuffle(byConcept)) {
    shown.push(...random.shuffle(drawings));
    if (shown.length >= n) break;
  }
  return shown.slice(0, n);
}
