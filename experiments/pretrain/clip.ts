/** Contrastive training of texts and images (Radford et al. 2021, section 2.3). */
import type { z } from "zod";
import type { Random } from "specialist/data";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  type Clip,
  type ClipConfig,
  clipImageEmbeddings,
  clipSpecs,
  clipTextEmbeddings,
  initParams,
  normalizeRows,
  type Params,
  type Tokenizer,
} from "specialist/models";
import type { TrainingTask } from "specialist/training";
import {
  type BaseData,
  drawCaption,
  type Drawing,
  drawItem,
  drawRecolouring,
  type PixelBatch,
  pixelBatch,
  recoloured,
} from "./base_data.ts";
import { filteredDrawings } from "./changed_drawings.ts";
import { type guideTrainingSchema, type PretrainConfig, stagesOf } from "./config.ts";
import type { PartRecord } from "./model_folder.ts";
import {
  costOf,
  finishedRecord,
  finishedStage,
  stage,
  type StageContext,
  type StageOptions,
} from "./stage.ts";

/** Of CLIP's released models. */
const mean = [0.48145466, 0.4578275, 0.40821073];
const deviation = [0.26862954, 0.26130258, 0.27577711];

type Pair = { drawing: Drawing; caption: string; styled: boolean };

/** First weights. */
export function initClip(model: ClipConfig, random: Random): Params {
  const params = initParams(clipSpecs(model), random);
  tf.dispose(params.logit_scale);
  return { ...params, logit_scale: tf.scalar(model.logit_scale_init_value) };
}

/**
 * Many drawings of a batch share their concept with another, in another style: the style then
 * decides which caption fits, and the embeddings must tell styles apart too.
 *
 * @param params first weights
 */
function clipTask(
  params: Params,
  model: ClipConfig,
  { training, smallestCrop, largestCrop, recolour, filteredShare }: z.infer<
    typeof guideTrainingSchema
  >,
  tokenizer: Tokenizer,
  { drawings, emoji: { size } }: BaseData,
): TrainingTask {
  const n = training.batchSize;
  const concepts = groupByConcept(drawings, filteredDrawings(drawings));
  return {
    params,
    batch(streams) {
      const random = streams.at("batch");
      const pairs = drawPairs(random, concepts, n, filteredShare);
      const colours = pairs.map(({ styled }) =>
        // New colours would contradict a caption that names the style.
        !styled && random.next() < recolour ? drawRecolouring(random) : undefined
      );
      return {
        ...pixelBatch(pairs.map(({ drawing }) => drawing), colours, size),
        ...resizeWeights(pairs.map(() => drawCrop(random, smallestCrop, largestCrop)), size),
        ids: tf.tensor(
          pairs.flatMap(({ caption }) => tokenizer.encode(caption)),
          [n, tokenizer.data.maxLength],
          "int32",
        ),
        targets: tf.tensor(fittingCaptions(pairs), [n, n]),
      };
    },
    loss(params, { ids, targets, rows, columns, ...inputs }) {
      const pixels = cropped(recoloured(inputs as PixelBatch), rows, columns);
      const normalized = tf.div(tf.sub(pixels, mean), deviation);
      const images = normalizeRows(clipImageEmbeddings(params, model, normalized)); // [n, d]
      const texts = normalizeRows(clipTextEmbeddings(params, model, ids)); // [n, d]
      const scale = tf.exp(tf.minimum(params.logit_scale, Math.log(100)));
      const logits = tf.mul(tf.matMul(images, texts, false, true), scale); // [n images, n texts]
      return tf.mul(
        tf.add(
          crossEntropy(logits, targets),
          crossEntropy(tf.transpose(logits), tf.transpose(targets)),
        ),
        0.5,
      );
    },
  };
}

/** Targets are weights that sum to one in each row once divided by their sum. */
function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const shares = tf.div(targets, tf.sum(targets, 1, true));
  return tf.neg(tf.mean(tf.sum(tf.mul(shares, tf.logSoftmax(logits)), 1)));
}

/** A concept's drawings, by designers and in other manners. */
type ConceptDrawings = { drawings: Drawing[]; filtered: Drawing[] };

function groupByConcept(drawings: Drawing[], filtered: Drawing[]): ConceptDrawings[] {
  const manners = Map.groupBy(filtered, ({ concept }) => concept);
  return [...Map.groupBy(drawings, ({ concept }) => concept)]
    .map(([concept, drawings]) => ({ drawings, filtered: manners.get(concept) ?? [] }));
}

function drawPairs(
  random: Random,
  concepts: readonly ConceptDrawings[],
  n: number,
  filteredShare: number,
): Pair[] {
  const pairs: Pair[] = [];
  const pair = ({ drawings, filtered }: ConceptDrawings): Pair => {
    const drawing = random.choice(random.next() < filteredShare ? filtered : drawings);
    const styled = random.next() < 0.5;
    return { drawing, styled, caption: (styled ? drawCaption : drawItem)(drawing, random) };
  };
  for (const concept of random.shuffle(concepts)) {
    pairs.push(pair(concept));
    if (random.next() < 1 / 3) pairs.push(pair(concept));
    if (pairs.length >= n) break;
  }
  return pairs.slice(0, n);
}

/** 1 where a caption (column) is true of an image (row): same concept, and no other style named. */
function fittingCaptions(pairs: readonly Pair[]): number[] {
  return pairs.flatMap(({ drawing }) =>
    pairs.map((other) =>
      Number(
        other.drawing.concept === drawing.concept &&
          (!other.styled || other.drawing.styleWords === drawing.styleWords),
      )
    )
  );
}

/** A part of an image, as shares of its sides; mirrored when `right` < `left`. */
export type Crop = { top: number; bottom: number; left: number; right: number };

function drawCrop(random: Random, smallest: number, largest: number): Crop {
  const side = smallest + (largest - smallest) * random.next();
  const stretch = Math.exp(0.3 * (random.next() - 0.5));
  const height = side * stretch, width = side / stretch;
  const top = (1 - height) * random.next(), left = (1 - width) * random.next();
  const [from, to] = random.next() < 0.5 ? [left, left + width] : [left + width, left];
  return { top, bottom: top + height, left: from, right: to };
}

/** Cuts out and resizes: rows · image · columnsᵀ, channel by channel, on white. */
export function cropped(pixels: Tensor, rows: Tensor, columns: Tensor): Tensor {
  const [n, h, w, c] = pixels.shape;
  const ink = tf.reshape(tf.sub(1, pixels), [n, h, w * c]); // zero where white
  const vertical = tf.reshape(tf.matMul(rows, ink), [n, h, w, c]);
  const turned = tf.reshape(tf.transpose(vertical, [0, 2, 1, 3]), [n, w, h * c]);
  const both = tf.reshape(tf.matMul(columns, turned), [n, w, h, c]);
  return tf.sub(1, tf.transpose(both, [0, 2, 1, 3]));
}

/**
 * Bilinear sampling as matrices: a crop resized to the whole side is rows · image · columnsᵀ. What
 * lies outside the image is zero.
 *
 * @returns both [n, size, size]
 */
export function resizeWeights(
  crops: readonly Crop[],
  size: number,
): { rows: Tensor; columns: Tensor } {
  const rows = new Float32Array(crops.length * size * size);
  const columns = new Float32Array(crops.length * size * size);
  crops.forEach(({ top, bottom, left, right }, i) => {
    fill(rows.subarray(i * size * size), top, bottom, size);
    fill(columns.subarray(i * size * size), left, right, size);
  });
  const shape = [crops.length, size, size];
  return { rows: tf.tensor(rows, shape), columns: tf.tensor(columns, shape) };
}

function fill(weights: Float32Array, from: number, to: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const at = (from + (to - from) * (i + 0.5) / size) * size - 0.5;
    const low = Math.floor(at), share = at - low;
    if (low >= 0 && low < size) weights[i * size + low] = 1 - share;
    if (low + 1 >= 0 && low + 1 < size) weights[i * size + low + 1] = share;
  }
}

// The guide as a stage: trained once, by whichever process, and read by all.

type GuideStage = {
  /** Trains it if it is among the configuration's stages. */
  train(): Promise<void>;
  /** Undefined where it has not been trained. */
  trained(): Promise<Clip | undefined>;
  /** Undefined where it has not been trained. */
  record(): Promise<PartRecord | undefined>;
};

/** @param start what it begins as; its parameters are disposed once it is trained */
export function guideStage(
  config: PretrainConfig,
  data: BaseData,
  shared: StageContext,
  start: Clip,
): GuideStage {
  const { guide } = config.clip;
  const { training } = guide;
  const options: StageOptions = {
    ...shared,
    name: "guide",
    config: { model: start.config, ...guide },
    training,
    specs: clipSpecs(start.config),
    task: () => clipTask(start.params, start.config, guide, start.tokenizer, data),
  };
  return {
    async train() {
      if (stagesOf(config).includes("guide")) tf.dispose((await stage(options)).params);
    },
    async trained() {
      const result = await finishedStage(options);
      return result && { ...start, params: result.params };
    },
    async record() {
      const record = await finishedRecord(options);
      return record && { steps: training.steps, of: training.steps, ...costOf(record) };
    },
  };
}
