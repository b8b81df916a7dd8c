/** The judges with all they need, their folders, and what they say of images and texts. */
import { join } from "node:path";
import type { Image } from "../../data/mod.ts";
import { readJson, writeAtomically } from "../../internal/runtime/mod.ts";
import { compile, memoized, type Tensor, tf } from "../../internal/tensor/mod.ts";
import { saveFolder } from "../files/config.ts";
import { loadParams } from "../files/load_params.ts";
import { saveParams } from "../files/parameters.ts";
import type { Params } from "../layers.ts";
import type { Tokenizer } from "../tokenizer/clip_tokenizer.ts";
import { loadTokenizer, saveTokenizer } from "../tokenizer/files.ts";
import {
  type ContentJudgeConfig,
  contentJudgeSchema,
  contentJudgeSpecs,
  imageTower,
  type ImageTowerConfig,
  imageTowerFeatures,
  imageTowerMaps,
  imageTowerSpecs,
  type StyleJudgeConfig,
  styleJudgeSchema,
  textTower,
} from "./towers.ts";

/** Says what an image shows, whatever its style: images and captions in one space. */
export type ContentJudge = { config: ContentJudgeConfig; params: Params; tokenizer: Tokenizer };

/** Says whose style an image has, whatever it shows. */
export type StyleJudge = { config: StyleJudgeConfig; params: Params };

export type Judges = { content: ContentJudge; style: StyleJudge };

/**
 * Reads what `saveJudges` wrote.
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export async function loadJudges(folder: string): Promise<Judges> {
  const content = join(folder, "content"), style = join(folder, "style");
  const contentConfig = await readJson(join(content, "config.json"), contentJudgeSchema);
  const styleConfig = await readJson(join(style, "config.json"), styleJudgeSchema);
  return {
    content: {
      config: contentConfig,
      tokenizer: await loadTokenizer(content),
      params: await loadParams(
        join(content, "model.safetensors"),
        contentJudgeSpecs(contentConfig),
      ),
    },
    style: {
      config: styleConfig,
      params: await loadParams(
        join(style, "model.safetensors"),
        imageTowerSpecs(styleConfig.image_config),
      ),
    },
  };
}

/** Writes both judges in half precision; all of it, or nothing. */
export async function saveJudges(
  folder: string,
  { content, style }: Judges,
  card: Record<string, string> = {},
): Promise<void> {
  await saveFolder(folder, async (fresh) => {
    for (const [name, { config, params }] of [["content", content], ["style", style]] as const) {
      const path = join(fresh, name);
      await Deno.mkdir(path);
      await writeAtomically(join(path, "config.json"), JSON.stringify(config, null, 2));
      await saveParams(join(path, "model.safetensors"), params, { dtype: "F16" });
    }
    await saveTokenizer(content.tokenizer, join(fresh, "content"));
    for (const [name, text] of Object.entries(card)) await writeAtomically(join(fresh, name), text);
  });
}

/** Embeddings of images, each of length 1. @throws RangeError where one has another size */
export function judgeImages(
  { config: { image_config }, params }: ContentJudge | StyleJudge,
  images: readonly Image[],
): Float32Array[] {
  return imagesInBatches(
    images,
    image_config,
    (pixels) => embeddersOf(image_config)(params, pixels),
  );
}

/**
 * What each level of the tower says of each place of an image.
 *
 * @returns for each image a map for each level: row-major [channels, places]
 * @throws RangeError where one has another size
 */
export function judgeFeatures(
  { config: { image_config }, params }: ContentJudge | StyleJudge,
  images: readonly Image[],
): { channels: number; data: Float32Array }[][] {
  const rows = imagesInBatches(
    images,
    image_config,
    (pixels) => featuresOf(image_config)(params, pixels),
  );
  const maps = imageTowerMaps(image_config);
  return rows.map((row) => {
    let end = 0;
    return maps.map(({ channels, places }) => {
      const start = end;
      end += channels * places;
      return { channels, data: row.subarray(start, end) };
    });
  });
}

function imagesInBatches(
  images: readonly Image[],
  { image_size: size }: ImageTowerConfig,
  encode: (pixels: Tensor) => Tensor,
): Float32Array[] {
  const length = size * size * 3;
  return inBatches(images, (batch) => {
    const values = new Float32Array(batch.length * length);
    batch.forEach(({ data }, i) => {
      if (data.length !== length) {
        throw new RangeError(`the judge takes images of ${size} × ${size} pixels`);
      }
      for (let j = 0; j < length; j++) values[i * length + j] = data[j] / 255;
    });
    const pixels = tf.tensor(values, [batch.length, size, size, 3]);
    return [pixels, encode(pixels)];
  });
}

/** Embeddings of captions without style, each of length 1. */
export function judgeTexts(
  { config, params, tokenizer }: ContentJudge,
  texts: readonly string[],
): Float32Array[] {
  const embed = textsOf(config);
  return inBatches(texts, (batch) => {
    const ids = tf.tensor(
      batch.flatMap((text) => tokenizer.encode(text)),
      [batch.length, tokenizer.data.maxLength],
      "int32",
    );
    return [ids, embed(params, ids)];
  });
}

const embeddersOf = memoized((config: ImageTowerConfig) =>
  compile((params: Params, pixels: Tensor) => imageTower(params, config, pixels))
);

const featuresOf = memoized((config: ImageTowerConfig) =>
  compile((params: Params, pixels: Tensor) => imageTowerFeatures(params, config, pixels))
);

const textsOf = memoized((config: ContentJudgeConfig) =>
  compile((params: Params, ids: Tensor) => textTower(params, config, ids))
);

const batchSize = 64;

function inBatches<T>(
  items: readonly T[],
  embed: (batch: T[]) => [input: Tensor, output: Tensor],
): Float32Array[] {
  const rows: Float32Array[] = [];
  const size = Math.min(batchSize, items.length);
  for (let first = 0; first < items.length; first += size) {
    const batch = items.slice(first, first + size);
    // The last batch is filled up, so that all are of one shape.
    const filled = Array.from({ length: size }, (_, i) => batch[i % batch.length]);
    const [input, output] = embed(filled);
    const values = output.dataSync() as Float32Array;
    const width = values.length / size;
    batch.forEach((_, i) => rows.push(values.slice(i * width, (i + 1) * width)));
    tf.dispose([input, output]);
  }
  return rows;
}
