import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import sharp from "sharp";
import {
  centerCrop,
  clipPreprocess,
  clipPreprocessorSchema,
  createRandom,
  crop,
  decodeImage,
  drawSvg,
  encodeJpeg,
  encodePng,
  type Image,
  imageGrid,
  plainImage,
  readClipPreprocessor,
  readImage,
  resize,
  resizeShortestEdge,
  writePng,
} from "specialist/data";
import { UserError } from "specialist/internal/runtime/mod.ts";
import { hugePng } from "../fuzz/target.ts";

const red: [number, number, number] = [255, 0, 0];
const white: [number, number, number] = [255, 255, 255];

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const inFolder = (name: string) => join(folder, name);

function noise(width: number, height: number): Image {
  const random = createRandom(`${width}×${height}`);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return { width, height, data };
}

function pixel({ width, data }: Image, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe("image files", () => {
  it("come back from PNG as they were", async () => {
    const image = noise(7, 5);
    await writePng(inFolder("noise.png"), image);
    assertEquals(await readImage(inFolder("noise.png")), image);
  });

  it("are drawn from one's own SVG, on white, but never read from it", async () => {
    const bar = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">
      <rect width="2" height="2" fill="#f00"/></svg>`;
    const image = await drawSvg(bar, 8);
    assertEquals([image.width, image.height], [8, 8]);
    assertEquals([pixel(image, 1, 4), pixel(image, 6, 4)], [[255, 0, 0], white]);
    assertEquals([pixel(image, 1, 0), pixel(image, 1, 7)], [white, white]);
    await assertRejects(
      () => decodeImage(new TextEncoder().encode(bar), "bar.png"),
      UserError,
      "bar.png: not an image that can be read: its format is svg",
    );
  });

  it("are RGB, whatever they hold", async () => {
    const raw = { width: 2, height: 1 };
    const gray = sharp(Uint8Array.of(0, 200), { raw: { ...raw, channels: 1 } });
    await gray.clone().toColourspace("b-w").png().toFile(inFolder("gray.png"));
    assertEquals([...(await readImage(inFolder("gray.png"))).data], [0, 0, 0, 200, 200, 200]);
    await gray.clone().toColourspace("rgb16").png().toFile(inFolder("deep.png"));
    assertEquals([...(await readImage(inFolder("deep.png"))).data], [0, 0, 0, 200, 200, 200]);

    const seeThrough = Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 128);
    await sharp(seeThrough, { raw: { ...raw, channels: 4 } }).png().toFile(inFolder("alpha.png"));
    assertEquals([...(await readImage(inFolder("alpha.png"))).data], [...white, 127, 127, 127]);
  });

  it("show the same colour in every format, depth and colour space", async () => {
    const colour = [200, 60, 30];
    const { data } = plainImage(16, 16, [200, 60, 30]);
    const image = () => sharp(data, { raw: { width: 16, height: 16, channels: 3 } });
    const lossy = { quality: 100, chromaSubsampling: "4:4:4" };
    // Each with how far a channel may be off.
    const files: Record<string, [ReturnType<typeof sharp>, tolerance: number]> = {
      "photo.jpg": [image().jpeg(lossy), 1],
      "photo.webp": [image().webp({ quality: 100 }), 4],
      "photo.avif": [image().avif(lossy), 1],
      "photo.tiff": [image().tiff({ compression: "lzw" }), 0],
      "drawing.gif": [image().gif(), 0],
      "display-p3.png": [image().withIccProfile("p3").png(), 1],
      "printed.jpg": [image().toColourspace("cmyk").withIccProfile("cmyk").jpeg(lossy), 12],
      "printed.tif": [image().toColourspace("cmyk").withIccProfile("cmyk").tiff(), 12],
      "deep.png": [image().toColourspace("rgb16").png(), 0],
    };
    for (const [name, [written, tolerance]] of Object.entries(files)) {
      await written.toFile(inFolder(name));
      const read = pixel(await readImage(inFolder(name)), 8, 8);
      const off = Math.max(...read.map((level, i) => Math.abs(level - colour[i])));
      assert(off <= tolerance, `${name}: ${read}`);
    }
    // What was written is what its name says, not RGB with 8 bits each.
    const { space } = await sharp(inFolder("printed.jpg")).metadata();
    const { depth } = await sharp(inFolder("deep.png")).metadata();
    assertEquals([space, depth], ["cmyk", "ushort"]);
  });

  it("have a colour of the caller's choice behind them", async () => {
    const seeThrough = { width: 1, height: 1, channels: 4 } as const;
    await sharp(Uint8Array.of(0, 0, 0, 128), { raw: seeThrough }).png().toFile(
      inFolder("veil.png"),
    );
    const { data } = await readImage(inFolder("veil.png"), { background: "#00ff00" });
    assertEquals([...data], [0, 127, 0]);
  });

  it("stand upright, as EXIF says", async () => {
    const { data } = imageGrid([plainImage(16, 16, red), plainImage(16, 16)], 2);
    const wide = sharp(data, { raw: { width: 32, height: 16, channels: 3 } });
    // Orientation 6: to be shown turned a quarter clockwise.
    await wide.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(
      inFolder("turned.jpg"),
    );
    const { width, height, ...image } = await readImage(inFolder("turned.jpg"));
    assertEquals([width, height], [16, 32]);
    assert(pixel({ width, height, ...image }, 8, 4)[1] < 40, "red is on top");
    assert(pixel({ width, height, ...image }, 8, 28)[1] > 215, "white is below");
  });

  it("give their first frame", async () => {
    const frames = imageGrid([plainImage(8, 8, red), plainImage(8, 8)], 1);
    await sharp(frames.data, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .webp({ lossless: true }).toFile(inFolder("moving.webp"));
    assertEquals(await readImage(inFolder("moving.webp")), plainImage(8, 8, red));
  });

  it("are named where they are missing, empty, cut short or something else", async () => {
    await Deno.writeFile(inFolder("empty.png"), new Uint8Array());
    await Deno.writeTextFile(inFolder("text.png"), "no image");
    await Deno.writeFile(inFolder("cut.png"), (await encodePng(noise(64, 64))).subarray(0, 4000));
    for (const name of ["empty.png", "text.png", "cut.png"]) {
      const error = await assertRejects(() => readImage(inFolder(name)), UserError, inFolder(name));
      assertStringIncludes(error.message, "remove it");
    }
    await assertRejects(() => readImage(inFolder("none.png")), Deno.errors.NotFound, "none.png");
    await assertRejects(() => readImage(folder), UserError, "not a file");
    const nowhere = inFolder("no/folder.png");
    await assertRejects(() => writePng(nowhere, noise(2, 2)), Error, `cannot write ${nowhere}`);
  });
});

describe("an image file from elsewhere", () => {
  const refused = async (name: string, bytes: Uint8Array, said: string) => {
    await Deno.writeFile(inFolder(name), bytes);
    const error = await assertRejects(() => readImage(inFolder(name)), UserError, inFolder(name));
    assertStringIncludes(error.message, said);
  };

  it("is refused where it stands for more pixels than memory", async () => {
    const bytes = hugePng(8200, 8200);
    assert(bytes.length < 10_000);
    await refused("huge.png", bytes, "pixel limit");
    await refused("wide.png", hugePng(10_000_000, 2), "it is 10000000 × 2, more than 32768");
    const jpeg = await encodeJpeg(noise(16, 16));
    const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
    jpeg.fill(0x3f, frame + 5, frame + 9);
    await refused("claim.jpg", jpeg, "pixel limit");
  });

  it("is refused where it is a drawing program, which may ask for anything", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
    await refused("program.png", new TextEncoder().encode(svg), "its format is svg");
  });
});

describe("resizing", () => {
  it("keeps one colour, and an image of the same size", () => {
    for (const resampling of ["bilinear", "bicubic", "lanczos"] as const) {
      const resized = resize(plainImage(9, 13, [1, 128, 254]), { width: 20, height: 5 }, {
        resampling,
      });
      assertEquals(resized, plainImage(20, 5, [1, 128, 254]));
    }
    assertEquals(resize(noise(6, 4), { width: 6, height: 4 }), noise(6, 4));
  });

  it("averages all pixels when it shrinks", () => {
    const stripes = imageGrid(Array(16).fill([plainImage(1, 4, red), plainImage(1, 4)]).flat(), 32);
    const shrunk = resize(stripes, { width: 2, height: 2 }, { resampling: "bilinear" });
    for (const value of [pixel(shrunk, 0, 0)[1], pixel(shrunk, 1, 1)[1]]) {
      assert(Math.abs(value - 127.5) < 8, `${value}`);
    }
  });

  it("keeps proportions, with the longest edge rounded down", () => {
    const sizeOf = ({ width, height }: Image) => [width, height];
    assertEquals(sizeOf(resizeShortestEdge(noise(53, 37), 32)), [45, 32]);
    assertEquals(sizeOf(resizeShortestEdge(noise(40, 61), 32)), [32, 48]);
    assertEquals(sizeOf(resizeShortestEdge(noise(5, 5), 8)), [8, 8]);
  });
});

describe("crops and grids", () => {
  it("cut out what they say", () => {
    const image = noise(5, 4);
    const cut = crop(image, { left: 2, top: 1, width: 3, height: 2 });
    assertEquals(pixel(cut, 0, 0), pixel(image, 2, 1));
    assertEquals(pixel(cut, 2, 1), pixel(image, 4, 2));
    assertEquals(centerCrop(image, 2), crop(image, { left: 1, top: 1, width: 2, height: 2 }));
    assertThrows(() => centerCrop(image, 6), RangeError, "6×6");
  });

  it("lay images out row by row on white", () => {
    const [small, large] = [plainImage(2, 2, red), plainImage(4, 4, red)];
    const grid = imageGrid([large, small, large], 2, 1);
    assertEquals([grid.width, grid.height], [9, 9]);
    assertEquals(pixel(grid, 3, 3), red);
    assertEquals(pixel(grid, 4, 4), white);
    assertEquals(pixel(grid, 5, 0), white);
    assertEquals(pixel(grid, 6, 1), red);
    assertEquals(pixel(grid, 0, 5), red);
    assertEquals(pixel(grid, 8, 8), white);
    assertThrows(() => imageGrid([], 2), RangeError);
  });
});

describe("CLIP preprocessing", () => {
  it("normalises each channel", () => {
    const preprocessor = clipPreprocessorSchema.parse({ size: 8, crop_size: 8 });
    const pixels = clipPreprocess(plainImage(20, 10, [0, 127.5, 255]), preprocessor);
    const { image_mean: mean, image_std: std } = preprocessor;
    assertEquals(pixels.length, 8 * 8 * 3);
    assertEquals(pixels[0], Math.fround((0 - mean[0]) / std[0]));
    assertEquals(pixels[1], Math.fround((127 / 255 - mean[1]) / std[1]));
    assertEquals(pixels[2], Math.fround((1 - mean[2]) / std[2]));
  });

  it("reads sizes as numbers and as objects, and refuses what it would not do", async () => {
    const path = inFolder("preprocessor_config.json");
    await Deno.writeTextFile(path, '{"size": {"shortest_edge": 64}, "crop_size": 60, "extra": 1}');
    const { size, crop_size } = await readClipPreprocessor(path);
    assertEquals([size.shortest_edge, crop_size.height, crop_size.width], [64, 60, 60]);
    for (const wrong of [{ crop_size: 300 }, { size: 1e9 }, { image_std: [1, 0, 1] }]) {
      await Deno.writeTextFile(path, JSON.stringify(wrong));
      await assertRejects(() => readClipPreprocessor(path), UserError, Object.keys(wrong)[0]);
    }
    await Deno.writeTextFile(path, '{"do_center_crop": false}');
    const error = await assertRejects(() => readClipPreprocessor(path), UserError, path);
    assertStringIncludes(error.message, "do_center_crop");
  });
});
