/**
 * Resizing to the exact bytes that Pillow or torchvision makes, so that images go into a model
 * here as they do in the reference: a pass over the rows and one over the columns, each rounded to 8
 * bits, with weights in fixed point.
 */
import type { Image } from "./image.ts";
import type { Random } from "./random.ts";

type Size = { width: number; height: number };

/** Whose bytes: weights have 22 bits after the point in Pillow, fit 16 bits in torchvision. */
export type Arithmetic = "pillow" | "torchvision";

/** The taps of all outputs; a weight of one is 2 ** fractionBits. */
type FixedPointTaps = { taps: Tap<Int32Array>[]; fractionBits: number };

type Options = { resampling?: Resampling; arithmetic?: Arithmetic };

/** Resizes to exactly `size`; shrinking averages over all of the input (antialiasing). */
export function resize(
  image: Image,
  { width, height }: Size,
  { resampling = "bicubic", arithmetic = "pillow" }: Options = {},
): Image {
  const tapsFor = (inputs: number, outputs: number) =>
    toFixedPoint(taps(inputs, outputs, resampling), arithmetic);
  const passes = [
    (from: Image) => width === image.width ? from : resizeWidth(from, tapsFor(image.width, width)),
    (from: Image) =>
      height === image.height ? from : resizeHeight(from, tapsFor(image.height, height)),
  ];
  if (arithmetic === "pillow" && isHeightFirst(image, { width, height })) passes.reverse();
  return passes.reduce((resized, pass) => pass(resized), image);
}

/** Pillow, from version 13 on, begins with the height where it shrinks much more than the width. */
function isHeightFirst(from: Size, to: Size): boolean {
  const cut = from.height - to.height;
  return cut > 0 && cut > 2 * (from.width - to.width);
}

/** Resizes so that the shortest edge is `size`, keeping the proportions. */
export function resizeShortestEdge(image: Image, size: number, options?: Options): Image {
  const { width, height } = image;
  const longest = Math.trunc(size * Math.max(width, height) / Math.min(width, height));
  return width <= height
    ? resize(image, { width: size, height: longest }, options)
    : resize(image, { width: longest, height: size }, options);
}

function resizeWidth(image: Image, { taps, fractionBits }: FixedPointTaps): Image {
  const { height } = image;
  const width = taps.length;
  const data = new Uint8Array(height * width * 3);
  taps.forEach(({ first, weights }, x) => {
    for (let y = 0; y < height; y++) {
      const from = (y * image.width + first) * 3;
      weighPixels(image.data, from, 3, weights, fractionBits, data, (y * width + x) * 3);
    }
  });
  return { width, height, data };
}

function resizeHeight(image: Image, { taps, fractionBits }: FixedPointTaps): Image {
  const { width } = image;
  const height = taps.length;
  const data = new Uint8Array(height * width * 3);
  taps.forEach(({ first, weights }, y) => {
    for (let x = 0; x < width; x++) {
      const from = (first * width + x) * 3;
      weighPixels(image.data, from, width * 3, weights, fractionBits, data, (y * width + x) * 3);
    }
  });
  return { width, height, data };
}

/** Writes to `to` the weighted sum of the pixels at `from`, `from + stride`, … */
function weighPixels(
  source: Uint8Array,
  from: number,
  stride: number,
  weights: Int32Array,
  fractionBits: number,
  target: Uint8Array,
  to: number,
): void {
  const half = 1 << (fractionBits - 1);
  let [red, green, blue] = [half, half, half];
  for (let i = 0, at = from; i < weights.length; i++, at += stride) {
    red += source[at] * weights[i];
    green += source[at + 1] * weights[i];
    blue += source[at + 2] * weights[i];
  }
  target[to] = clampToByte(red >> fractionBits);
  target[to + 1] = clampToByte(green >> fractionBits);
  target[to + 2] = clampToByte(blue >> fractionBits);
}

function clampToByte(level: number): number {
  return Math.min(Math.max(level, 0), 255);
}

function toFixedPoint(taps: Tap<number[]>[], arithmetic: Arithmetic): FixedPointTaps {
  const fractionBits = arithmetic === "pillow" ? 22 : bitsWithin16(taps);
  const one = 2 ** fractionBits;
  return {
    fractionBits,
    taps: taps.map(({ first, weights }) => ({
      first,
      // Rounded half away from zero.
      weights: Int32Array.from(weights, (weight) => weight * one + (weight < 0 ? -0.5 : 0.5)),
    })),
  };
}

/** As many bits after the point as leave the largest weight below 2 ** 15. */
function bitsWithin16(taps: Tap<number[]>[]): number {
  const largest = Math.max(...taps.flatMap(({ weights }) => weights));
  let bits = 0;
  while (bits < 22 && Math.trunc(0.5 + largest * 2 ** (bits + 1)) < 2 ** 15) bits++;
  return bits;
}

/** A part of an image, in pixels. */
export type Box = { left: number; top: number; width: number; height: number };

/** @throws RangeError if the box reaches out of the image */
export function crop(image: Image, { left, top, width, height }: Box): Image {
  if (left < 0 || top < 0 || left + width > image.width || top + height > image.height) {
    throw new RangeError(
      `cannot crop ${width}×${height} at (${left}, ${top}) out of ${image.width}×${image.height}`,
    );
  }
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** The middle of an image; where the middle is between pixels, half a pixel left and up. */
export function centerCrop(image: Image, width: number, height = width): Image {
  return crop(image, {
    left: Math.floor((image.width - width) / 2),
    top: Math.floor((image.height - height) / 2),
    width,
    height,
  });
}

/** The middle square, with the shortest edge resized to `size`: an image as a model of that size sees it. */
export function fitImage(image: Image, size: number): Image {
  return centerCrop(resizeShortestEdge(image, size), size);
}

/** The shortest edge resized to `size` (bicubic), then a square cut out anywhere along the other. */
export function resizeAndRandomCrop(image: Image, size: number, random: Random): Image {
  const resized = resizeShortestEdge(image, size);
  return crop(resized, {
    left: random.integer(resized.width - size + 1),
    top: random.integer(resized.height - size + 1),
    width: size,
    height: size,
  });
}

/** An interpolation kernel: `weigh(x)` is zero from `x = ±support` on. */
type Kernel = { support: number; weigh: (x: number) => number };

/** How a resized pixel is made from those around it. */
export type Resampling = "bilinear" | "bicubic" | "lanczos";

/** The kernels, by the names and parameters that Pillow has for them. */
const kernels: Record<Resampling, Kernel> = {
  bilinear: { support: 1, weigh: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weigh: (x) => cubic(Math.abs(x), -0.5) },
  lanczos: { support: 3, weigh: (x) => Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0 },
};

/** The kernels of plain interpolation, by PyTorch's parameters. */
const interpolationKernels: Record<Exclude<Resampling, "lanczos">, Kernel> = {
  bilinear: kernels.bilinear,
  bicubic: { support: 2, weigh: (x) => cubic(Math.abs(x), -0.75) },
};

/** Keys' cubic convolution with slope `a` at 1, for x of at least 0. */
function cubic(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

export type ResizeMatrixOptions = {
  resampling?: Exclude<Resampling, "lanczos">;
  /** Whether shrinking averages over all inputs, as in Pillow, or looks at the nearest only. */
  antialias?: boolean;
};

/**
 * One pass of a resize as a matrix [outputs, inputs], for images that are tensors: the values of
 * PyTorch's `interpolate` with `align_corners=False`.
 */
export function resizeMatrix(
  inputs: number,
  outputs: number,
  { resampling = "bicubic", antialias = true }: ResizeMatrixOptions = {},
): Float32Array {
  const chosen = antialias
    ? taps(inputs, outputs, resampling)
    : nearestTaps(inputs, outputs, resampling);
  const matrix = new Float32Array(outputs * inputs);
  chosen.forEach(({ first, weights }, output) => {
    weights.forEach((weight, i) => {
      // The edge is repeated outside.
      const input = Math.min(Math.max(first + i, 0), inputs - 1);
      matrix[output * inputs + input] += weight;
    });
  });
  return matrix;
}

/** The inputs around each output, however far apart the outputs are. */
function nearestTaps(
  inputs: number,
  outputs: number,
  resampling: Exclude<Resampling, "lanczos">,
): Tap<number[]>[] {
  const { support, weigh } = interpolationKernels[resampling];
  return Array.from({ length: outputs }, (_, output) => {
    const center = (output + 0.5) * inputs / outputs - 0.5;
    const first = Math.floor(center) - support + 1;
    const weights = Array.from({ length: 2 * support }, (_, i) => weigh(first + i - center));
    return { first, weights };
  });
}

/** The inputs `first`, `first + 1`, … of one output, and the weight of each. */
type Tap<Weights> = { first: number; weights: Weights };

/** What each of `outputs` pixels in a row is made of; the weights of each add up to 1. */
function taps(inputs: number, outputs: number, resampling: Resampling): Tap<number[]>[] {
  const { support, weigh } = kernels[resampling];
  const scale = inputs / outputs;
  // Shrinking widens the kernel, so that it covers all inputs between two outputs.
  const stretch = Math.max(scale, 1);
  return Array.from({ length: outputs }, (_, output) => {
    const center = (output + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support * stretch + 0.5), 0);
    const end = Math.min(Math.trunc(center + support * stretch + 0.5), inputs);
    const weights = Array.from(
      { length: end - first },
      (_, i) => weigh((i + first - center + 0.5) * (1 / stretch)),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
