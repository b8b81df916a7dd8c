import { join } from "node:path";
import {
  type Arithmetic,
  centerCrop,
  clipPreprocess,
  readClipPreprocessor,
  resizeShortestEdge,
} from "specialist/data";
import { channelsFirst, imageOf, outputOfImage } from "../fixture.ts";
import type { Fixture, Outputs } from "../parity_case.ts";

/** The parts of the `clip` case that come before the network. */
export async function clipPreprocessing({ folder, config, inputs }: Fixture): Promise<Outputs> {
  const preprocessor = await readClipPreprocessor(
    join(folder, config.model_dir, "preprocessor_config.json"),
  );
  const { size: { shortest_edge }, crop_size: { width, height } } = preprocessor;
  const images = Object.keys(inputs).filter((name) => /^image\d+$/.test(name)).sort().map((name) =>
    imageOf(inputs[name])
  );
  const resizedImages = images.flatMap((image, i) => {
    const resized = resizeShortestEdge(image, shortest_edge);
    const cropped = centerCrop(resized, width, height);
    return [[`resized${i}`, outputOfImage(resized)], [`cropped${i}`, outputOfImage(cropped)]];
  });
  const pixelValues = (arithmetic: Arithmetic) => ({
    shape: [images.length, 3, height, width],
    data: images.flatMap((image) => [
      ...channelsFirst(clipPreprocess(image, preprocessor, arithmetic)),
    ]),
  });
  return {
    ...Object.fromEntries(resizedImages),
    pixel_values: pixelValues("pillow"),
    pixel_values_torchvision: pixelValues("torchvision"),
  };
}
