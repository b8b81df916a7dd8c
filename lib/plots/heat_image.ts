import type { Image } from "../images/mod.ts";
import { channelsOf, sequential } from "./theme.ts";

const colors = sequential.map(([, color]) => channelsOf(color));

/**
 * Values as a picture, from dark at zero to light at the largest.
 *
 * @param values [height, width], not negative
 */
export function heatImage(values: ArrayLike<number>, width: number, height: number): Image {
  const largest = Math.max(Number.MIN_VALUE, ...Array.from(values));
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(colorAt(values[i] / largest), 3 * i);
  return { width, height, data };
}

function colorAt(share: number): number[] {
  const place = share * (colors.length - 1);
  const below = Math.min(Math.floor(place), colors.length - 2);
  return colors[below].map((level, channel) =>
    level + (place - below) * (colors[below + 1][channel] - level)
  );
}
