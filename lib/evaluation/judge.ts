/** Judges: what scores images. The shipped model has two networks for it, others have a CLIP. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fitImage, type Image } from "../data/mod.ts";
import {
  type Clip,
  embedImages,
  embedTexts,
  judgeFeatures,
  judgeImages,
  type Judges,
  judgeTexts,
  loadClip,
  loadJudges,
  patchFeatures,
} from "../models/mod.ts";
import type { FeatureMap } from "./feature_maps.ts";
import { cosine } from "./similarity.ts";
import type { Subject } from "./subjects.ts";

/** How a judge sees an image: embeddings of length 1, the one in the space of captions. */
export type Seen = {
  /** What the image shows. */
  content: Float32Array;
  /** How it is drawn. */
  style: Float32Array;
};

/** What scores images. It takes images of any size, and sees their middle square. */
export type Judge = {
  images(images: readonly Image[]): Promise<Seen[]>;
  /** Captions without style, in the space of `content`; each of length 1. */
  texts(texts: readonly string[]): Promise<Float32Array[]>;
  /** What the layers of a network say of each place of an image. [images][layers] */
  features(images: readonly Image[]): Promise<FeatureMap[][]>;
};

/** A CLIP as a judge: its one embedding is both content and style. */
export function clipJudge(clip: Clip): Judge {
  const channels = clip.config.vision_config.hidden_size;
  return {
    async images(images) {
      const rows = await embedImages(clip, images);
      return rows.map((row) => ({ content: row, style: row }));
    },
    texts: (texts) => embedTexts(clip, texts),
    async features(images) {
      const maps = await patchFeatures(clip, images);
      return maps.map((layers) => layers.map((data) => ({ channels, data })));
    },
  };
}

/** A network for content and another for style. Features are those of the one for content. */
export function twoJudges({ content, style }: Judges): Judge {
  const fitted = (images: readonly Image[], { config: { image_config } }: typeof style) =>
    images.map((image) => fitImage(image, image_config.image_size));
  return {
    images(images) {
      const contents = judgeImages(content, fitted(images, content));
      const styles = judgeImages(style, fitted(images, style));
      return Promise.resolve(contents.map((row, i) => ({ content: row, style: styles[i] })));
    },
    texts: (texts) => Promise.resolve(judgeTexts(content, texts)),
    features: (images) => Promise.resolve(judgeFeatures(content, fitted(images, content))),
  };
}

/**
 * The judge in a folder: two networks where it has `content/` and `style/`, else a CLIP.
 *
 * @throws UserError naming the file, and the field or tensor, that is missing or does not fit
 */
export async function loadJudge(folder: string): Promise<Judge> {
  const isTwo = ["content", "style"].some((name) => existsSync(join(folder, name)));
  return isTwo ? twoJudges(await loadJudges(folder)) : clipJudge(await loadClip(folder));
}

/** The mean of the cosines of content and of style, in [-1, 1]. */
export function likeness(a: Seen, b: Seen): number {
  return (cosine(a.content, b.content) + cosine(a.style, b.style)) / 2;
}

/** Content and style in one embedding of length 1, whose cosine is the {@link likeness}. */
export function jointEmbedding({ content, style }: Seen): Float32Array {
  // Twice the same says no more than once, in half the numbers.
  if (content === style) return content;
  return Float32Array.from([...content, ...style], (value) => value * Math.SQRT1_2);
}

/** How the judge sees one subject's image, and what it is compared with. */
export type Judged = {
  subject: Subject;
  image: Seen;
  /** Of the item's words, without style. Length 1. */
  item: Float32Array;
  truth?: Seen;
};

/** @param images one for each subject */
export async function judgeSubjects(
  judge: Judge,
  subjects: readonly Subject[],
  images: readonly Image[],
): Promise<Judged[]> {
  const seen = await judge.images(images);
  const items = await judge.texts(subjects.map(({ item }) => item));
  const withTruth = subjects.filter(({ truth }) => truth);
  const truths = new Map(
    withTruth.length === 0 ? [] : (await judge.images(withTruth.map(({ truth }) => truth!)))
      .map((truth, i) => [withTruth[i], truth]),
  );
  return subjects.map((subject, i) => ({
    subject,
    image: seen[i],
    item: items[i],
    truth: truths.get(subject),
  }));
}
