/** What the judges learn from, and what is held out to check them. */
import {
  baseTrainingConcepts,
  type Emoji,
  type Image,
  itemCaptions,
  type Random,
  type Splits,
} from "specialist/data";
import { tf } from "specialist/internal/tensor/mod.ts";
import type { Model, VaeConfig } from "specialist/models";
import { decodeAll, encodeAll } from "../latent_noise/tolerance.ts";
import { type Drawing, drawingsOf } from "../pretrain/base_data.ts";

/** A drawing, and what the autoencoder makes of it: all that models draw comes through its decoder. */
export type JudgeDrawing = Drawing & { decoded?: Drawing };

/**
 * All drawings of the base designers but those of unseen concepts, and the target designers' drawings of
 * the split `train`. Their drawings of shots, validation, test and unseen concepts are held out.
 *
 * @param concepts how many of the concepts in `train` alone; all of both by default
 */
export function judgeDrawings(
  emoji: Emoji,
  splits: Splits,
  paraphrases: Readonly<Record<string, string[]>>,
  concepts?: number,
): JudgeDrawing[] {
  const target = new Set(splits.train.slice(0, concepts));
  const base = concepts === undefined ? new Set(baseTrainingConcepts(splits)) : target;
  return emoji.sets.flatMap((set) =>
    drawingsOf(emoji, set, set.role === "base" ? base : target, paraphrases)
  );
}

/** Each drawing with its reconstruction by the autoencoder. */
export function withDecoded(
  drawings: readonly JudgeDrawing[],
  vae: Model<VaeConfig>,
  size: number,
): JudgeDrawing[] {
  const images = drawings.map(({ pixels }): Image => ({ width: size, height: size, data: pixels }));
  const decoded = reconstructed(images, vae);
  return drawings.map((drawing, i) => ({
    ...drawing,
    decoded: { ...drawing, pixels: new Uint8Array(decoded[i].data) },
  }));
}

/** Images through the autoencoder and back. */
export function reconstructed(images: readonly Image[], vae: Model<VaeConfig>): Image[] {
  const latents = encodeAll(vae, images);
  const decoded = decodeAll(vae, latents);
  tf.dispose(latents);
  return decoded;
}

/** The drawing, or its reconstruction where there is one, with a probability of `decodedShare`. */
export function drawRendition(
  drawing: JudgeDrawing,
  random: Random,
  decodedShare: number,
): Drawing {
  return random.next() < decodedShare ? drawing.decoded ?? drawing : drawing;
}

/** A drawing that a judge is checked on. */
export type CheckedDrawing = { concept: string; set: string; role: "base" | "style"; image: Image };

/** A split's concepts, and all designers' drawings of them. */
export type CheckedSplit = {
  concepts: { id: string; caption: string }[];
  drawings: CheckedDrawing[];
  /** The target designers' usual eight shots, of other concepts, and as many of each base designer. */
  shots: CheckedDrawing[];
};

export function checkedSplit(
  emoji: Emoji,
  splits: Splits,
  split: "validation" | "test",
): CheckedSplit {
  const byId = new Map(emoji.concepts.map((concept) => [concept.id, concept]));
  const drawingsOf = (ids: readonly string[]) =>
    emoji.sets.flatMap(({ name: set, role }) =>
      ids.flatMap((concept): CheckedDrawing[] => {
        const image = emoji.image(set, concept);
        return image ? [{ concept, set, role, image }] : [];
      })
    );
  return {
    concepts: splits[split].map((id) => ({ id, caption: itemCaptions(byId.get(id)!)[0] })),
    drawings: drawingsOf(splits[split]),
    shots: drawingsOf(splits.shots.slice(0, 8)),
  };
}
