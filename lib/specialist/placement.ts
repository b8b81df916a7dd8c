/**
 * Where a shot lies at each showing. Eight images in eight fixed places can be learned by heart; a shot that
 * is a little shifted, larger or mirrored shows the same thing in the same style, so its caption stays.
 */
import { z } from "zod";
import type { Image, Random } from "../data/mod.ts";

/** The settings of `placement`. */
export const placementSchema = z.strictObject({
  shift: z.number().min(0).max(0.5).default(0.04)
    .describe("Largest shift in either direction, as a share of the side"),
  zoom: z.number().min(0).max(0.5).default(0.12)
    .describe("How much larger or smaller a shot may be, as a share of its size"),
  mirror: z.number().min(0).max(1).default(0.5).describe("Probability that it is mirrored"),
});

export type Placement = z.infer<typeof placementSchema>;

/**
 * The image, placed at random and of the same size. What comes in from outside has the corners' mean color:
 * that of the ground of a drawing.
 *
 * ```ts
 * import { createRandom } from "specialist/data";
 * import { placed } from "specialist";
 *
 * const dot = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) };
 * placed(dot, { shift: 0.1, zoom: 0.1, mirror: 0.5 }, createRandom(0)).data; // Uint8Array [255, 0, 0]
 * ```
 */
export function placed(image: Image, { shift, zoom, mirror }: Placement, random: Random): Image {
  const { width, height, data } = image;
  const between = (limit: number) => limit * (2 * random.next() - 1);
  const scale = 1 + between(zoom);
  const [right, down] = [width * between(shift), height * between(shift)];
  const columns = taps(width, scale, right);
  const rows = taps(height, scale, down);
  if (random.next() < mirror) columns.reverse();
  const moved = new Uint8Array(data.length);
  for (let channel = 0; channel < 3; channel++) {
    const level = (v: number, u: number) => data[3 * (v * width + u) + channel];
    const [bottom, end] = [height - 1, width - 1];
    const ground = (level(0, 0) + level(0, end) + level(bottom, 0) + level(bottom, end)) / 4;
    const at = (v: number, u: number) =>
      v < 0 || u < 0 || v > bottom || u > end ? ground : level(v, u);
    for (let y = 0; y < height; y++) {
      const { from: v, share: lower } = rows[y];
      for (let x = 0; x < width; x++) {
        const { from: u, share: righter } = columns[x];
        const above = at(v, u) + righter * (at(v, u + 1) - at(v, u));
        const below = at(v + 1, u) + righter * (at(v + 1, u + 1) - at(v + 1, u));
        moved[3 * (y * width + x) + channel] = Math.round(above + lower * (below - above));
      }
    }
  }
  return { width, height, data: moved };
}

/** Which pixel of the original each one is read from, and the share of the pixel after it. */
function taps(size: number, scale: number, shift: number): { from: number; share: number }[] {
  const middle = (size - 1) / 2;
  return Array.from({ length: size }, (_, to) => {
    const at = (to - shift - middle) / scale + middle;
    return { from: Math.floor(at), share: at - Math.floor(at) };
  });
}
