import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createRandom, createStreams, type Image, resizeAndRandomCrop } from "specialist/data";
import {
  autocontrast,
  doubledCaptions,
  equalize,
  flipHorizontally,
  flipVertically,
  invert,
  paperTransforms,
  posterize,
  prepareShots,
  sharpen,
  type Shots,
  type Shown,
  solarize,
  type Transform,
  transformsOf,
  transformsSchema,
} from "specialist/specialist";
import { tinyContext } from "./tiny_methods.ts";

const random = createRandom("augmentation");
const noisyImage = noise(11, 7);

function noise(width: number, height: number): Image {
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return { width, height, data };
}

const levels = ({ data }: Image) => [...data];
const posterizeTo = (bits: number) => (image: Image) => posterize(image, bits);
const solarizeFrom = (threshold: number) => (image: Image) => solarize(image, threshold);
const sharpenBy = (factor: number) => (image: Image) => sharpen(image, factor);

describe("transforms", () => {
  it("that are their own inverse undo themselves", () => {
    for (const transform of [invert, flipHorizontally, flipVertically]) {
      assert(`${levels(transform(noisyImage))}` !== `${levels(noisyImage)}`);
      assertEquals(transform(transform(noisyImage)), noisyImage);
    }
  });

  it("leave the image as it is at their neutral parameter", () => {
    for (const transform of [posterizeTo(8), solarizeFrom(256), sharpenBy(1)]) {
      assertEquals(transform(noisyImage), noisyImage);
    }
  });

  it("that flatten levels change nothing the second time", () => {
    for (const transform of [posterizeTo(2), autocontrast]) {
      assertEquals(transform(transform(noisyImage)), transform(noisyImage));
    }
    assertEquals(new Set(levels(posterize(noisyImage, 2))), new Set([0, 64, 128, 192]));
  });

  it("use the full range of each channel, unless it has one level only", () => {
    const narrow = {
      ...noisyImage,
      data: noisyImage.data.map((x, i) => i % 3 === 1 ? 9 : 50 + x % 40),
    };
    for (const { data } of [autocontrast(narrow), equalize(narrow)]) {
      const channel = (c: number) => [...data].filter((_, i) => i % 3 === c);
      assertEquals(new Set(channel(1)), new Set([9]));
    }
    const red = levels(autocontrast(narrow)).filter((_, i) => i % 3 === 0);
    assertEquals(Math.min(...red), 0);
    assert(Math.max(...red) >= 254);
  });

  it("solarize inverts the bright levels only", () => {
    const solarized = levels(solarize(noisyImage, 100));
    solarized.forEach((level, i) => {
      const before = noisyImage.data[i];
      assertEquals(level, before < 100 ? before : 255 - before);
    });
  });

  it("leave the image they are given alone", () => {
    const before = levels(noisyImage);
    for (
      const transform of [
        invert,
        posterizeTo(1),
        solarizeFrom(1),
        autocontrast,
        equalize,
        sharpenBy(3),
      ]
    ) transform(noisyImage);
    assertEquals(levels(noisyImage), before);
  });
});

describe("augmentation", () => {
  /** Of the size that the model has anyway, so that nothing is cut off. */
  const square = noise(16, 16);

  /** What `steps` steps show of one shot. */
  async function shown(settings: Shots, steps: number, seed = 1): Promise<Shown[]> {
    const show = await prepareShots({ captions: [doubledCaptions], ...settings }, {
      ...tinyContext,
      shots: [{ image: square, caption: "a dog" }],
    });
    return Array.from({ length: steps }, (_, step) => show(createStreams(seed, step), 1)[0]);
  }

  it("says in the caption what it did to the image, and nothing where it did nothing", async () => {
    const results = new Map(paperTransforms.map((transform) => [
      `a dog with the ${transform.name} transformation`,
      transform.apply(square, random),
    ]));
    for (const { image, caption } of await shown({ transforms: paperTransforms }, 50)) {
      assertEquals(image, caption === "a dog" ? square : results.get(caption));
    }
    const [inverted] = await shown({
      transforms: transformsOf(transformsSchema.parse({ transforms: ["invert"] })),
      probability: 1,
    }, 1);
    assertEquals(inverted, {
      shot: 0,
      image: invert(square),
      caption: "a dog with the RandomInvert transformation",
    });
  });

  it("transforms every second image, each transformation as often", async () => {
    const counts: Record<string, number> = {};
    for (const { caption } of await shown({ transforms: paperTransforms }, 4000, 2)) {
      counts[caption] = (counts[caption] ?? 0) + 1 / 4000;
    }
    const { "a dog": untouched, ...transformed } = counts;
    assertAlmostEquals(untouched, 0.5, 0.03);
    assertEquals(Object.keys(transformed).length, 8);
    for (const share of Object.values(transformed)) assertAlmostEquals(share, 1 / 16, 0.015);
  });

  it("takes a transform of one's own, with random numbers and words of its own", async () => {
    const shift: Transform = {
      name: "shift",
      apply: (image, random) => {
        const by = random.integer(256);
        return { ...image, data: image.data.map((level) => (level + by) % 256) };
      },
      caption: (caption) => `${caption}, shifted`,
    };
    const results = await shown({ transforms: [shift], probability: 1 }, 20);
    assertEquals(new Set(results.map(({ caption }) => caption)), new Set(["a dog, shifted"]));
    assert(new Set(results.map(({ image }) => `${image.data}`)).size > 10);
    for (const { image } of results) {
      const by = image.data[0] - square.data[0];
      assertEquals(levels(image), levels(square).map((level) => (level + by + 256) % 256));
    }
  });

  it("draws the same again from the same seed, and crops squares from all places", async () => {
    const draw = (seed: number) => shown({ transforms: paperTransforms }, 8, seed);
    assertEquals(await draw(5), await draw(5));
    assertNotEquals(await draw(5), await draw(6));
    const crops = Array.from(
      { length: 60 },
      (_, seed) => resizeAndRandomCrop(noisyImage, 7, createRandom(seed)),
    );
    assert(crops.every(({ width, height }) => width === 7 && height === 7));
    assertEquals(new Set(crops.map(({ data }) => `${data}`)).size, 5);
  });

  it("refuses a configuration that means nothing", () => {
    for (
      const config of [
        { probability: 2 },
        { transforms: [] },
        { transforms: ["blur"] },
        { posterizeBits: 0 },
        { typo: 1 },
      ]
    ) assertThrows(() => transformsSchema.parse(config));
  });
});
