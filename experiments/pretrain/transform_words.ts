/** Takes the words of the method's transforms from a base model that has read them. */
import { mean, standardDeviation } from "simple-statistics";
import type { Random } from "specialist/data";
import { tf } from "specialist/internal/tensor/mod.ts";
import type { Params, Tokenizer } from "specialist/models";
import {
  captionTemplates,
  doubledCaption,
  fillTemplate,
  paperTransforms,
} from "specialist/specialist";
import type { Drawing } from "./base_data.ts";

const table = "text_model.embeddings.token_embedding.weight";

/** Tokens of the transforms' captions that occur in no caption of the drawings. */
export function transformTokens(tokenizer: Tokenizer, drawings: readonly Drawing[]): number[] {
  const described = drawings.flatMap(({ item, keywords, paraphrases, styleWords }) => [
    ...captionTemplates.map((template) => fillTemplate(template, { item, style: styleWords })),
    ...keywords,
    ...paraphrases,
  ]);
  const known = new Set([...new Set(described)].flatMap((caption) => tokenizer.encode(caption)));
  const named = paperTransforms.flatMap((transform) =>
    tokenizer.encode(doubledCaption(transform, ""))
  );
  return [...new Set(named)].filter((token) => !known.has(token)).sort((a, b) => a - b);
}

/**
 * The text encoder's parameters with new vectors for some tokens: normal, with the mean and the
 * deviation that all others have.
 */
export function withNewVectors(
  textEncoder: Params,
  tokens: readonly number[],
  random: Random,
): Params {
  const { shape: [count, width] } = textEncoder[table];
  const values = Float32Array.from(textEncoder[table].dataSync());
  for (let column = 0; column < width; column++) {
    const all = Array.from({ length: count }, (_, token) => values[token * width + column]);
    const center = mean(all), deviation = standardDeviation(all);
    for (const token of tokens) {
      values[token * width + column] = center + deviation * random.normal();
    }
  }
  return { ...textEncoder, [table]: tf.tensor2d(values, [count, width]) };
}
