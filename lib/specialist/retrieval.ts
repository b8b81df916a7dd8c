/**
 * Caption retrieval: other captions for an image like a shot. A large corpus has more ways to say
 * it than the one caption of a shot. The corpus's text embeddings are computed once and cached.
 */
import { join } from "node:path";
import { sha256, UserError } from "../internal/runtime/mod.ts";
import { readSafetensors, writeSafetensors } from "../models/mod.ts";

/** Texts to embeddings of one width, as CLIP's text tower with its projection. */
export type EncodeTexts = (texts: readonly string[]) => Promise<Float32Array[]>;

export type CaptionIndex = {
  /** The corpus, each caption once. [N] */
  captions: readonly string[];
  /** Of unit length. [N][D] */
  embeddings: readonly Float32Array[];
  /** Embeds queries, of unit length too. */
  encode: EncodeTexts;
};

/** How the index of a corpus is built and cached. */
export type CaptionIndexOptions = {
  encode: EncodeTexts;
  /** Identifies the model behind `encode`, as its hash. */
  model: string;
  /** Where indices are cached. */
  folder: string;
};

/**
 * The index of `corpus`, read from `folder` if it was built before for these captions and this model.
 *
 * @throws UserError if the corpus is empty
 */
export async function captionIndex(
  corpus: readonly string[],
  { encode, model, folder }: CaptionIndexOptions,
): Promise<CaptionIndex> {
  const captions = [...new Set(corpus.map((caption) => caption.trim()).filter(Boolean))];
  if (captions.length === 0) {
    throw new UserError({
      what: "the corpus of captions is empty",
      remedy: "give it one caption per line, or switch caption retrieval off",
    });
  }
  const encodeUnit: EncodeTexts = async (texts) => (await encode(texts)).map(toUnitLength);
  const key = sha256(JSON.stringify([model, captions]));
  const path = join(folder, `captions-${key.slice(0, 16)}.safetensors`);

  let embeddings = await readEmbeddings(path, captions.length);
  if (!embeddings) {
    embeddings = await encodeUnit(captions);
    await writeEmbeddings(path, folder, embeddings);
  }
  return { captions, embeddings, encode: encodeUnit };
}

/** An index that is missing, unreadable or does not fit is built again. */
async function readEmbeddings(path: string, count: number): Promise<Float32Array[] | undefined> {
  const tensor = await readSafetensors(path).then(({ tensors }) => tensors.embeddings, () => {});
  const [rows, width] = tensor?.shape ?? [];
  if (rows !== count || !(tensor?.data instanceof Float32Array)) return undefined;
  const { data } = tensor;
  return Array.from({ length: rows }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

async function writeEmbeddings(
  path: string,
  folder: string,
  embeddings: readonly Float32Array[],
): Promise<void> {
  const width = embeddings[0].length;
  const data = new Float32Array(embeddings.length * width);
  embeddings.forEach((embedding, i) => data.set(embedding, i * width));
  await Deno.mkdir(folder, { recursive: true });
  await writeSafetensors(path, {
    embeddings: { shape: [embeddings.length, width], dtype: "F32", data },
  });
}

function toUnitLength(embedding: Float32Array): Float32Array {
  const length = Math.hypot(...embedding);
  return embedding.map((x) => x / length);
}

/**
 * For each of `own`: itself, then the corpus's captions whose text embedding is more similar to its
 * own than the threshold, from the most similar.
 *
 * @param threshold cosine that a caption must exceed
 * @param limit at most this many captions besides its own; without it all
 */
export async function retrieveCaptions(
  own: readonly string[],
  { captions, embeddings, encode }: CaptionIndex,
  { threshold, limit }: { threshold: number; limit?: number },
): Promise<string[][]> {
  const queries = await encode(own);
  return own.map((caption, shot) => {
    const similar = captions
      .map((candidate, i) => ({ candidate, cosine: dot(queries[shot], embeddings[i]) }))
      .filter(({ candidate, cosine }) => cosine > threshold && candidate !== caption)
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, limit);
    return [caption, ...similar.map(({ candidate }) => candidate)];
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i], 0);
}
