/** What the judges see of a drawing in training: other views than the guide's. */
import type { Random } from "specialist/data";
import { type Tensor, tf } from "specialist/internal/tensor/mod.ts";
import {
  type Drawing,
  type PixelBatch,
  pixelBatch,
  recoloured,
  type Recolouring,
} from "../pretrain/base_data.ts";
import { type Crop, cropped, resizeWeights } from "../pretrain/clip.ts";

/** Inputs of a compiled step: drawings and how each is changed. */
export type ViewBatch = PixelBatch & { rows: Tensor; columns: Tensor; kept: Tensor };

/** How one drawing is shown. */
export type View = { crop: Crop; colours?: Recolouring; erased?: Rectangle };

/** In pixels. */
export type Rectangle = { top: number; left: number; height: number; width: number };

export function viewBatch(
  drawings: readonly Drawing[],
  views: readonly View[],
  size: number,
): ViewBatch {
  const kept = new Float32Array(drawings.length * size * size).fill(1);
  views.forEach(({ erased }, i) => {
    if (!erased) return;
    for (let y = erased.top; y < erased.top + erased.height; y++) {
      const row = (i * size + y) * size;
      kept.fill(0, row + erased.left, row + erased.left + erased.width);
    }
  });
  return {
    ...pixelBatch(drawings, views.map(({ colours }) => colours), size),
    ...resizeWeights(views.map(({ crop }) => crop), size),
    kept: tf.tensor(kept, [drawings.length, size, size, 1]),
  };
}

/** The images as seen: [n, size, size, 3] in [0, 1], white where something is erased. */
export function viewed({ rows, columns, kept, ...batch }: ViewBatch): Tensor {
  const pixels = cropped(recoloured(batch), rows, columns);
  return tf.sub(1, tf.mul(tf.sub(1, pixels), kept));
}

/** The whole drawing, smaller or a little larger, stretched, off the centre and never mirrored. */
export function drawWholeView(
  random: Random,
  { shift, largestView, stretch }: { shift: number; largestView: number; stretch: number },
): Crop {
  const side = 0.85 + (largestView - 0.85) * random.next();
  const extent = (): [from: number, to: number] => {
    const length = side * (1 + stretch * (2 * random.next() - 1));
    const from = shift * (2 * random.next() - 1) + (1 - length) / 2;
    return [from, from + length];
  };
  const [top, bottom] = extent(), [left, right] = extent();
  return { top, bottom, left, right };
}

/**
 * A square part of the drawing, half the time mirrored: style is everywhere in it. Half of all parts are
 * the drawing shifted by whole pixels, up to a quarter of its side, with its pixels as they are.
 */
export function drawPart(random: Random, smallest: number, size: number): Crop {
  const resized = random.next() < 0.5;
  const side = resized ? smallest + (1.05 - smallest) * random.next() : 1;
  const reach = Math.floor(size / 4);
  const offset = () =>
    resized ? (1 - side) * random.next() : (random.integer(2 * reach + 1) - reach) / size;
  const top = offset(), left = offset();
  const [from, to] = random.next() < 0.5 ? [left, left + side] : [left + side, left];
  return { top, bottom: top + side, left: from, right: to };
}

/** A rectangle of a fifth to two fifths of each side. */
export function drawRectangle(random: Random, size: number): Rectangle {
  const length = () => Math.round(size * (0.2 + 0.2 * random.next()));
  const height = length(), width = length();
  return {
    top: random.integer(size - height + 1),
    left: random.integer(size - width + 1),
    height,
    width,
  };
}
