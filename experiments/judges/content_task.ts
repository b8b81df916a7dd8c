/** How the content judge learns: drawings of one concept by different designers, and its caption. */
import { createRandom, type Random } from "specialist/data";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  type ContentJudgeConfig,
  contentJudgeSpecs,
  imageTower,
  initParams,
  type ParameterSpecs,
  textTower,
  type Tokenizer,
  unitRows,
} from "specialist/models";
import type { TrainingTask } from "specialist/training";
import { type Drawing, drawItem, drawRecolouring } from "../pretrain/base_data.ts";
import { filteredDrawings } from "../pretrain/changed_drawings.ts";
import type { JudgesConfig } from "./config.ts";
import { drawRendition, type JudgeDrawing } from "./judge_data.ts";
import { drawRectangle, drawWholeView, type ViewBatch, viewBatch, viewed } from "./views.ts";

/** The judge's parameters, and what only its training needs. */
export function contentSpecs(config: ContentJudgeConfig, concepts: number): ParameterSpecs {
  return {
    ...contentJudgeSpecs(config),
    logit_scale: { shape: [], init: "zeros" },
    proxies: { shape: [concepts, config.image_config.projection_dim], init: 0.1 },
  };
}

/** All drawings of a concept, and the same changed by image processing. */
type ConceptDrawings = { index: number; drawings: JudgeDrawing[]; filtered: Drawing[] };

/**
 * Half as many concepts as images: each is shown twice, by two designers where there are two. The loss
 * adds three parts: images and captions find each other, two images of a concept find each other, and each
 * image and each caption finds its concept among all concepts (a learned vector each). The last part brings
 * captions to images faster than batches alone: a batch holds few of the concepts that a caption must be
 * told from.
 */
export function contentTask(
  { seed, content: { training, ...content } }: JudgesConfig,
  model: ContentJudgeConfig,
  tokenizer: Tokenizer,
  drawings: readonly JudgeDrawing[],
): TrainingTask {
  const concepts = groupByConcept(drawings);
  const { image_size: size } = model.image_config;
  const pairs = training.batchSize / 2;
  return {
    params: initParams(
      contentSpecs(model, concepts.length),
      createRandom(seed).fork("content judge"),
    ),
    batch(streams) {
      const random = streams.at("batch");
      const chosen = random.shuffle(concepts).slice(0, pairs);
      const shown = [0, 1].flatMap((turn) =>
        chosen.map((concept) => drawOf(concept, turn, random, content))
      );
      const views = shown.map(() => ({
        crop: drawWholeView(random, content),
        colours: random.next() < content.recolour ? drawRecolouring(random) : undefined,
        erased: random.next() < content.erased ? drawRectangle(random, size) : undefined,
      }));
      const captions = chosen.map(({ drawings }) => drawItem(drawings[0], random));
      return {
        ...viewBatch(shown, views, size),
        ids: tf.tensor(
          captions.flatMap((caption) => tokenizer.encode(caption)),
          [chosen.length, tokenizer.data.maxLength],
          "int32",
        ),
        classes: tf.tensor(
          [...chosen, ...chosen, ...chosen].map(({ index }) => index),
          [3 * chosen.length],
          "int32",
        ),
      };
    },
    loss(params, { ids, classes, ...batch }) {
      const images = imageTower(params, model.image_config, viewed(batch as ViewBatch)); // [2n, d]
      const texts = textTower(params, model, ids); // [n, d]
      const [first, second] = tf.split(images, 2);
      // A temperature of 0.07 at first (Radford et al. 2021, section 2.5).
      const scale = tf.exp(tf.minimum(tf.add(params.logit_scale, 2.66), Math.log(100)));
      const matched = (a: Tensor, b: Tensor) => {
        const logits = tf.mul(tf.matMul(a, b, false, true), scale); // [n, n]
        return tf.mul(tf.add(diagonal(logits), diagonal(tf.transpose(logits))), 0.5);
      };
      const words = tf.mul(tf.add(matched(first, texts), matched(second, texts)), 0.5);
      const proxies = unitRows(params.proxies);
      const all = tf.concat([images, texts]); // [3n, d]
      const among = tf.mul(tf.matMul(all, proxies, false, true), scale); // [3n, concepts]
      const hot = tf.oneHot(tf.cast(classes, "int32"), proxies.shape[0]);
      const told = tf.neg(tf.mean(tf.sum(tf.mul(hot, tf.logSoftmax(among)), 1)));
      return tf.add(
        tf.add(words, tf.mul(matched(first, second), 0.5)),
        tf.mul(told, content.proxyWeight),
      );
    },
  };
}

/** Cross entropy where row i's right column is i. */
function diagonal(logits: Tensor): Tensor {
  const n = logits.shape[0];
  return tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), tf.eye(n))), n));
}

function drawOf(
  { drawings, filtered }: ConceptDrawings,
  turn: number,
  random: Random,
  { filteredShare, decodedShare }: Pick<JudgesConfig["content"], "filteredShare" | "decodedShare">,
): Drawing {
  if (random.next() < filteredShare) return random.choice(filtered);
  // The two turns never show the same designer where there are two.
  const half = Math.ceil(drawings.length / 2);
  const part = turn === 0 ? drawings.slice(0, half) : drawings.slice(half);
  const drawing = random.choice(part.length > 0 ? part : drawings);
  return drawRendition(drawing, random, decodedShare);
}

function groupByConcept(drawings: readonly JudgeDrawing[]): ConceptDrawings[] {
  const manners = Map.groupBy(filteredDrawings(drawings, 2), ({ concept }) => concept);
  return [...Map.groupBy(drawings, ({ concept }) => concept)]
    .map(([concept, drawings], index) => ({ index, drawings, filtered: manners.get(concept)! }));
}
