/** CLIP: texts and images in one space (Radford et al. 2021). */
import { join } from "node:path";
import {
  clipPreprocess,
  type ClipPreprocessor,
  type Image,
  readClipPreprocessor,
} from "../../data/mod.ts";
import { readJson, writeAtomically } from "../../internal/runtime/mod.ts";
import { compile, inShards, memoized, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { saveFolder, transformersConfig } from "../files/config.ts";
import { loadParams, weightsFiles } from "../files/load_params.ts";
import { saveParams } from "../files/parameters.ts";
import { linear, parameter, type ParameterSpecs, type Params, specsOf } from "../layers.ts";
import type { Tokenizer } from "../tokenizer/clip_tokenizer.ts";
import { loadTokenizer, saveTokenizer } from "../tokenizer/files.ts";
import { type ClipConfig, clipConfigSchema } from "./config.ts";
import { clipVision, textTowerOf, visionTowerOf } from "./encoders.ts";

/**
 * Embeddings of texts.
 *
 * @param ids int32 [n, length]
 * @returns [n, projection_dim], not normalized
 */
export function clipTextEmbeddings(params: Params, config: ClipConfig, ids: Tensor): Tensor {
  const { texts } = clipOf(config);
  return inShards((ids) => texts(params, ids), ids);
}

/**
 * Embeddings of preprocessed images.
 *
 * @param pixels [n, size, size, 3]
 * @returns [n, projection_dim], not normalized
 */
export function clipImageEmbeddings(params: Params, config: ClipConfig, pixels: Tensor): Tensor {
  const { images } = clipOf(config);
  return inShards((pixels) => images(params, pixels), pixels);
}

/** Every parameter of CLIP. */
export function clipSpecs(config: ClipConfig): ParameterSpecs {
  return clipOf(config).specs;
}

/** Two towers, each with a projection to the shared space. */
const clipOf = memoized(({ projection_dim: width, text_config, vision_config }: ClipConfig) => {
  const projection = (name: string, { hidden_size: inputs }: { hidden_size: number }) =>
    linear(name, inputs, width, { bias: false, init: inputs ** -0.5 });
  const scale = parameter("logit_scale", [], "zeros");
  const text = textTowerOf(text_config), vision = visionTowerOf(vision_config);
  const projectText = projection("text_projection", text_config);
  const projectImage = projection("visual_projection", vision_config);
  return {
    texts: (params: Params, ids: Tensor) => projectText(params, text(params, ids).pooled),
    images: (params: Params, pixels: Tensor) => projectImage(params, vision(params, pixels).pooled),
    specs: specsOf([scale, text, vision, projectText, projectImage]),
  };
});

/** Rows divided by their length. */
export function normalizeRows(x: Tensor): Tensor {
  return tf.div(x, tf.sqrt(tf.sum(tf.square(x), -1, true)));
}

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

/** Embeddings of images, each of length 1. */
export function embedImages(clip: Clip, images: readonly Image[]): Promise<Float32Array[]> {
  return imagesInBatches(clip, images, towersOf(clip.config).images);
}

/**
 * What up to four blocks of the vision tower, spread over its depth, say of each patch of an image.
 *
 * @returns for each image a map for each block, row-major [d, patches]
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

// CLIP as a folder, laid out as transformers does.

/** Both towers, with what turns texts and images into their inputs. */
export type Clip = {
  config: ClipConfig;
  params: Params;
  tokenizer: Tokenizer;
  preprocessor: ClipPreprocessor;
};

/**
 * Reads a CLIP that transformers or this project saved.
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export async function loadClip(folder: string): Promise<Clip> {
  const config = await readJson(join(folder, "config.json"), clipConfigSchema);
  return {
    config,
    tokenizer: await loadTokenizer(folder),
    preprocessor: await readClipPreprocessor(join(folder, "preprocessor_config.json")),
    params: await loadParams(await weightsFiles(folder, "model"), clipSpecs(config)),
  };
}

/**
 * Writes a CLIP so that transformers and this project can read it; all of it, or nothing.
 *
 * @throws UserError if the folder holds other things too
 */
export async function saveClip(
  folder: string,
  { config, params, tokenizer, preprocessor }: Clip,
  { dtype }: { dtype: "F16" | "F32" },
): Promise<void> {
  await saveFolder(folder, async (fresh) => {
    const json = (name: string, value: object) =>
      writeAtomically(join(fresh, name), JSON.stringify(value, null, 2));
    const model = { architectures: ["CLIPModel"], model_type: "clip", ...config };
    await writeAtomically(join(fresh, "config.json"), transformersConfig(model));
    await json("preprocessor_config.json", {
      image_processor_type: "CLIPImageProcessor",
      do_convert_rgb: true,
      ...preprocessor,
    });
    await saveTokenizer(tokenizer, fresh);
    await saveParams(join(fresh, "model.safetensors"), params, { dtype });
  });
}
