import { clipPreprocess, type Image } from "../../images/mod.ts";
import type { Params } from "../../nn/mod.ts";
import { compile, memoized, type Tensor, tf } from "../../tensorflow/mod.ts";
import { clipImageEmbeddings, clipTextEmbeddings, normalizeRows } from "./clip.ts";
import type { ClipConfig } from "./config.ts";
import type { Clip } from "./folder.ts";
import { clipVision } from "./vision.ts";

const batchSize = 64;

/** Embeddings of texts, each of length 1. */
export function embedTexts(clip: Clip, texts: readonly string[]): Promise<Float32Array[]> {
  const { tokenizer } = clip;
  return inBatches(texts, (batch) => {
    const ids = tf.tensor(
      batch.flatMap((text) => tokenizer.encode(text)),
      [batch.length, tokenizer.data.maxLength],
      "int32",
    );
    return [ids, towersOf(clip.config).texts(clip.params, ids)];
  });
}

/** Embeddings of pictures, each of length 1. */
export function embedImages(clip: Clip, images: readonly Image[]): Promise<Float32Array[]> {
  return imagesInBatches(clip, images, towersOf(clip.config).images);
}

/**
 * What up to four blocks of the vision tower, spread over its depth, say of each patch of a picture.
 *
 * @returns for each picture a map for each block, row-major [d, patches]
 */
export async function patchFeatures(
  clip: Clip,
  images: readonly Image[],
): Promise<Float32Array[][]> {
  const rows = await imagesInBatches(clip, images, towersOf(clip.config).patches);
  const maps = spreadBlocks(clip.config).length;
  return rows.map((row) =>
    Array.from({ length: maps }, (_, i) => {
      const length = row.length / maps;
      return row.subarray(i * length, (i + 1) * length);
    })
  );
}

/** Both towers, traced once for each configuration. */
const towersOf = memoized((config: ClipConfig) => ({
  texts: compile((params: Params, ids: Tensor) =>
    normalizeRows(clipTextEmbeddings(params, config, ids))
  ),
  images: compile((params: Params, pixels: Tensor) =>
    normalizeRows(clipImageEmbeddings(params, config, pixels))
  ),
  patches: compile((params: Params, pixels: Tensor) => {
    const { hiddenStates } = clipVision(params, config.vision_config, pixels);
    const maps = spreadBlocks(config).map((block) => channelsFirst(hiddenStates[block]));
    return tf.stack(maps, 1); // [n, blocks, d, patches]
  }),
}));

/** The last block, and three before it at even distances; all where there are fewer. */
function spreadBlocks({ vision_config: { num_hidden_layers: blocks } }: ClipConfig): number[] {
  const maps = Math.min(4, blocks);
  return Array.from({ length: maps }, (_, i) => Math.round(blocks * (i + 1) / maps));
}

/** Without the class token: [n, 1 + patches, d] to [n, d, patches]. */
function channelsFirst(states: Tensor): Tensor {
  const [n, length, d] = states.shape;
  return tf.transpose(tf.slice(states, [0, 1, 0], [n, length - 1, d]), [0, 2, 1]);
}

/** @param encode answers with a row for each of the pixels [n, size, size, 3] */
function imagesInBatches(
  { params, preprocessor }: Clip,
  images: readonly Image[],
  encode: (params: Params, pixels: Tensor) => Tensor,
): Promise<Float32Array[]> {
  const { height, width } = preprocessor.crop_size;
  return inBatches(images, (batch) => {
    const length = height * width * 3;
    const values = new Float32Array(batch.length * length);
    batch.forEach((image, i) => values.set(clipPreprocess(image, preprocessor), i * length));
    const pixels = tf.tensor(values, [batch.length, height, width, 3]);
    return [pixels, encode(params, pixels)];
  });
}

/** @param embed answers with its input and its output, one row for each item */
async function inBatches<T>(
  items: readonly T[],
  embed: (batch: T[]) => [input: Tensor, output: Tensor],
): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  const size = Math.min(batchSize, items.length);
  for (let first = 0; first < items.length; first += size) {
    const batch = items.slice(first, first + size);
    // The last batch is filled up, so that all are of one shape.
    const [input, output] = embed(Array.from({ length: size }, (_, i) => batch[i % batch.length]));
    const values = await output.data() as Float32Array;
    const width = values.length / size;
    batch.forEach((_, i) => rows.push(values.slice(i * width, (i + 1) * width)));
    tf.dispose([input, output]);
  }
  return rows;
}
