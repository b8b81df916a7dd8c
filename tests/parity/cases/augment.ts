import {
  centerCrop,
  type Image,
  type Resampling,
  resize,
  resizeShortestEdge,
} from "specialist/data";
import {
  autocontrast,
  equalize,
  flipHorizontally,
  flipVertically,
  invert,
  posterize,
  sharpen,
  solarize,
} from "specialist/specialist";
import { imageOf, outputOfImage } from "../fixture.ts";
import type { Output, ParityCase } from "../parity_case.ts";

/** The augmentation's transforms, and resizing with each filter. */
export const augment: ParityCase = ({ config, inputs }) => {
  const images = Object.keys(inputs).map((name) =>
    [name.replace("image", ""), imageOf(inputs[name])] as const
  );
  return Object.fromEntries(images.flatMap(([i, image]) => [
    ...(config.ops as string[]).flatMap((name) => [
      [`pil/${name}/${i}`, outputOfImage(transformOf(name)(image))],
      [`tensor/${name}/${i}`, tensorOutput(name, image)],
    ]),
    ...resizes(image, config.S).map(([name, output]) => [`${name}/${i}`, output]),
  ]));
};

/** The transform of a name such as `posterize_2`. */
function transformOf(name: string): (image: Image) => Image {
  const [kind, parameter] = name.split("_");
  const transforms: Record<string, (image: Image) => Image> = {
    invert,
    autocontrast,
    equalize,
    hflip: flipHorizontally,
    vflip: flipVertically,
    posterize: (image) => posterize(image, Number(parameter)),
    solarize: (image) => solarize(image, Number(parameter)),
    sharpness: (image) => sharpen(image, Number(parameter)),
  };
  if (!Object.hasOwn(transforms, kind)) throw new Error(`unknown transform "${name}"`);
  return transforms[kind];
}

/** The reference's tensor back end agrees with Pillow, except where it rounds to float32. */
function tensorOutput(name: string, image: Image): Output {
  return outputOfImage(name === "autocontrast" ? autocontrast32(image) : transformOf(name)(image));
}

function autocontrast32({ width, height, data }: Image): Image {
  const stretched = data.slice();
  for (const channel of [0, 1, 2]) {
    const levels = data.filter((_, i) => i % 3 === channel);
    const [low, high] = [Math.min(...levels), Math.max(...levels)];
    const scale = Math.fround(255 / (high - low));
    levels.forEach((level, pixel) => {
      if (high > low) stretched[pixel * 3 + channel] = Math.fround((level - low) * scale);
    });
  }
  return { width, height, data: stretched };
}

function resizes(image: Image, size: number): [string, Output][] {
  const byFilter = (["bicubic", "lanczos", "bilinear"] as Resampling[]).flatMap((resampling) => {
    const resized = resizeShortestEdge(image, size, { resampling });
    return [
      [`resize_${resampling}`, outputOfImage(resized)],
      [`resize_crop_${resampling}`, outputOfImage(centerCrop(resized, size))],
    ] as [string, Output][];
  });
  const enlarged = { width: 2 * image.width + 1, height: 2 * image.height - 1 };
  return [...byFilter, ["upsize_bicubic", outputOfImage(resize(image, enlarged))]];
}
