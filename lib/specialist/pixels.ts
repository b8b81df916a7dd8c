/** Image transforms, to the exact bytes that Pillow makes: each answers with a new image of the same size. */
import type { Image } from "../data/mod.ts";

/** 255 − x. */
export function invert(image: Image): Image {
  return mapLevels(image, () => (level) => 255 - level);
}

/** Keeps the upper `bits` of 8. */
export function posterize(image: Image, bits: number): Image {
  const mask = 0xff << (8 - bits);
  return mapLevels(image, () => (level) => level & mask);
}

/** Inverts the levels from `threshold` on. */
export function solarize(image: Image, threshold: number): Image {
  return mapLevels(image, () => (level) => level < threshold ? level : 255 - level);
}

/** Stretches each channel to the full range. */
export function autocontrast(image: Image): Image {
  return mapLevels(image, (histogram) => {
    const low = histogram.findIndex((count) => count > 0);
    const high = histogram.findLastIndex((count) => count > 0);
    if (high <= low) return (level) => level;
    const scale = 255 / (high - low);
    return (level) => Math.trunc(level * scale - low * scale);
  });
}

/** Makes each channel's levels about equally frequent. */
export function equalize(image: Image): Image {
  return mapLevels(image, (histogram) => {
    const last = histogram.findLast((count) => count > 0) ?? 0;
    const step = Math.floor((sum(histogram) - last) / 255);
    if (step === 0) return (level) => level;
    const below = histogram.map((_, level) => sum(histogram.subarray(0, level)));
    return (level) => Math.floor((Math.floor(step / 2) + below[level]) / step);
  });
}

/**
 * Moves the image away from its smoothed self: s + factor·(x − s). A factor of 1 leaves it as it is, 0
 * smooths it.
 */
export function sharpen(image: Image, factor: number): Image {
  const smoothed = smooth(image).data;
  const data = Uint8ClampedArray.from(
    image.data,
    (level, i) => Math.trunc(blend32(smoothed[i], level, factor)),
  );
  return { ...image, data: new Uint8Array(data.buffer) };
}

/** Left for right. */
export function flipHorizontally(image: Image): Image {
  return rearrange(image, (x, y) => [image.width - 1 - x, y]);
}

/** Top for bottom. */
export function flipVertically(image: Image): Image {
  return rearrange(image, (x, y) => [x, image.height - 1 - y]);
}

/** Applies to each channel the map that `mapOf` makes from how often it has each of 256 levels. */
function mapLevels(
  { width, height, data }: Image,
  mapOf: (histogram: Uint32Array) => (level: number) => number,
): Image {
  const tables = [0, 1, 2].map((channel) => {
    const map = mapOf(histogramOf(data, channel));
    return Uint8ClampedArray.from({ length: 256 }, (_, level) => map(level));
  });
  return { width, height, data: data.map((level, i) => tables[i % 3][level]) };
}

function histogramOf(data: Uint8Array, channel: number): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let i = channel; i < data.length; i += 3) histogram[data[i]]++;
  return histogram;
}

function sum(counts: Uint32Array): number {
  return counts.reduce((a, b) => a + b, 0);
}

/** In float32, as Pillow has it. */
function blend32(from: number, to: number, factor: number): number {
  return Math.fround(from + Math.fround(Math.fround(factor) * (to - from)));
}

/** A mean over 3×3 pixels in which the middle counts five times; the border stays. */
function smooth({ width, height, data }: Image): Image {
  const smoothed = data.slice();
  const row = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      let sum = 4 * data[i];
      for (const line of [i - row, i, i + row]) {
        sum += data[line - 3] + data[line] + data[line + 3];
      }
      smoothed[i] = Math.floor(sum / 13 + 0.5);
    }
  }
  return { width, height, data: smoothed };
}

/** Takes each pixel from where `source` says. */
function rearrange(image: Image, source: (x: number, y: number) => [number, number]): Image {
  const { width, height } = image;
  const data = new Uint8Array(image.data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = source(x, y);
      const from = (fromY * width + fromX) * 3;
      data.set(image.data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
