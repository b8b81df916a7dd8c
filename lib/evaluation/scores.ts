/** What the benchmark measures, each as a statistic of judged pictures. */
import { clipScore, cosine, pairedKid } from "../metrics/mod.ts";
import type { Judged } from "./embed_pictures.ts";

export type ScoreDefinition = {
  name: ScoreName;
  title: string;
  description: string;
  better: "higher" | "lower";
  /** Undefined where the true drawings are needed and nobody knows them. */
  measure(judged: readonly Judged[]): number | undefined;
};

export const scoreNames = ["content", "truth", "kid"] as const;
export type ScoreName = typeof scoreNames[number];

export const scoreDefinitions: readonly ScoreDefinition[] = [
  {
    name: "truth",
    title: "likeness to the true drawing",
    description: "judge's cosine between a picture and the designer's own drawing of the concept",
    better: "higher",
    measure: withTruth((judged) =>
      judged.reduce((sum, { picture, truth }) => sum + cosine(picture, truth!), 0) / judged.length
    ),
  },
  {
    name: "kid",
    title: "distance to the style (KID)",
    description:
      "kernel distance between the pictures and the style's drawings of the same concepts",
    better: "lower",
    measure: withTruth((judged) =>
      pairedKid(judged.map(({ picture, truth }) => ({
        picture: stretched(picture),
        truth: stretched(truth!),
      })))
    ),
  },
  {
    name: "content",
    title: "content (CLIP score)",
    description: "100 × judge's cosine between a picture and the words for what it shows",
    better: "higher",
    measure: (judged) =>
      clipScore(judged.map(({ picture }) => picture), judged.map(({ item }) => item)),
  },
];

function withTruth(
  measure: (judged: readonly Judged[]) => number,
): ScoreDefinition["measure"] {
  return (judged) => judged.every(({ truth }) => truth) ? measure(judged) : undefined;
}

const stretchedRows = new WeakMap<Float32Array, Float32Array>();

/** To a length of √D, which KID's kernel expects: (a · b / D + 1)³ is then (cos + 1)³. */
function stretched(embedding: Float32Array): Float32Array {
  let row = stretchedRows.get(embedding);
  if (!row) {
    const length = Math.sqrt(embedding.length);
    stretchedRows.set(embedding, row = embedding.map((value) => value * length));
  }
  return row;
}
