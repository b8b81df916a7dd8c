import { pairedKid } from "../metrics/mod.ts";
import type { Judged } from "./embed_pictures.ts";

/** KID between pictures and the true drawings of the same concepts, all of which are known. */
export function kidToStyle(judged: readonly Judged[]): number {
  return pairedKid(judged.map(({ picture, truth }) => ({
    picture: stretched(picture),
    truth: stretched(truth!),
  })));
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
