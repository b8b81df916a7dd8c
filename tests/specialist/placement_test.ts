import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createRandom, type Image } from "specialist/data";
import { flipHorizontally, placed, placementSchema } from "specialist/specialist";

const size = 16;
/** A dark square on white, left of the middle. */
const image: Image = {
  width: size,
  height: size,
  data: Uint8Array.from({ length: 3 * size * size }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
    return x >= 4 && x < 8 && y >= 6 && y < 10 ? 20 : 255;
  }),
};
const still = { shift: 0, zoom: 0, mirror: 0 };
const inkOf = ({ data }: Image) => data.reduce((sum, level) => sum + (255 - level), 0);

describe("a placed shot", () => {
  it("is the same where nothing may change, and mirrored where it must be", () => {
    assertEquals(placed(image, still, createRandom(0)), image);
    assertEquals(
      placed(image, { ...still, mirror: 1 }, createRandom(0)),
      flipHorizontally(image),
    );
  });

  it("keeps what is drawn when it is shifted by less than the margin", () => {
    for (let seed = 0; seed < 20; seed++) {
      const moved = placed(image, { ...still, shift: 0.2 }, createRandom(seed));
      assert(Math.abs(inkOf(moved) / inkOf(image) - 1) < 0.02);
    }
  });

  it("grows and shrinks by no more than the zoom", () => {
    const areas = Array.from(
      { length: 40 },
      (_, seed) => inkOf(placed(image, { ...still, zoom: 0.2 }, createRandom(seed))) / inkOf(image),
    );
    assert(Math.min(...areas) > 0.8 ** 2 - 0.05 && Math.min(...areas) < 0.85);
    assert(Math.max(...areas) < 1.2 ** 2 + 0.05 && Math.max(...areas) > 1.15);
  });

  it("has its ground where it was shifted away, whatever touches the edge", () => {
    const touching = { ...image, data: image.data.slice() };
    for (let y = 4; y < 12; y++) touching.data.fill(20, 3 * size * y, 3 * size * y + 9);
    for (let seed = 0; seed < 20; seed++) {
      const moved = placed(touching, { ...still, shift: 0.3 }, createRandom(seed));
      assert(inkOf(moved) < 1.02 * inkOf(touching));
    }
  });

  it("is of one color if it was, and depends on its draws alone", () => {
    const grey = { ...image, data: new Uint8Array(image.data.length).fill(90) };
    const settings = placementSchema.parse({ shift: 0.3, zoom: 0.3 });
    assertEquals(placed(grey, settings, createRandom(3)), grey);
    assertEquals(
      placed(image, settings, createRandom(4)),
      placed(image, settings, createRandom(4)),
    );
  });
});
