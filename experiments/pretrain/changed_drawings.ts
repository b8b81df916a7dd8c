/** The designers' drawings, changed by image processing. */
import { createProgress } from "specialist/progress/mod.ts";
import { createRandom } from "specialist/random/mod.ts";
import { doubledCaption, paperTransforms } from "specialist/specialist/mod.ts";
import type { Drawing } from "./base_data.ts";
import { filters } from "./filters.ts";

/** A way to change any drawing. */
type Change = (drawing: Drawing) => Drawing;

/**
 * In other manners than the designers'.
 *
 * @param count manners of each drawing; all by default
 */
export function filteredDrawings(drawings: readonly Drawing[], count?: number): Drawing[] {
  const changes = filters.map(({ styleWords, apply }): Change => (drawing) => ({
    ...drawing,
    styleWords,
    pixels: apply(imageOf(drawing)).data,
  }));
  return changedInTurn("Filtering drawings", drawings, changes, count);
}

/**
 * Transformed as the method's augmentation does, so that its words mean something.
 *
 * @param count transformations of each drawing; all by default
 */
export function transformedDrawings(drawings: readonly Drawing[], count?: number): Drawing[] {
  const random = createRandom("transformed drawings");
  const changes = paperTransforms.map((transform): Change => (drawing) => ({
    ...drawing,
    captionSuffix: doubledCaption(transform, ""),
    pixels: transform.apply(imageOf(drawing), random).data,
  }));
  return changedInTurn("Transforming drawings", drawings, changes, count);
}

function changedInTurn(
  label: string,
  drawings: readonly Drawing[],
  changes: readonly Change[],
  count?: number,
): Drawing[] {
  const progress = createProgress({ label, total: drawings.length, unit: "drawings" });
  const changed = drawings.flatMap((drawing, i) => {
    if (i % 100 === 0) progress.update(i);
    return inTurn(changes, i, count).map((change) => change(drawing));
  });
  progress.stop();
  return changed;
}

/** `count` of a list: the next ones at each turn, and from the start again after the last. */
function inTurn<T>(list: readonly T[], turn: number, count = list.length): T[] {
  return Array.from({ length: count }, (_, i) => list[(turn * count + i) % list.length]);
}

function imageOf({ pixels }: Drawing) {
  const size = Math.sqrt(pixels.length / 3);
  return { width: size, height: size, data: pixels };
}
