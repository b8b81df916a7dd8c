/** Images: RGB pixels of 8 bits. */

/** An image: 8-bit RGB, rows from the top, channels interleaved. */
export type Image = {
  width: number;
  height: number;
  /** [height, width, 3] */
  data: Uint8Array;
};

/** An image of one colour. */
export function plainImage(
  width: number,
  height: number,
  [red, green, blue]: [number, number, number] = [255, 255, 255],
): Image {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { width, height, data };
}

/**
 * Images side by side on white, row by row, each in the middle of a cell as large as the largest
 * image.
 *
 * @param gap pixels between cells
 */
export function imageGrid(images: readonly Image[], columns: number, gap = 0): Image {
  if (images.length === 0) throw new RangeError("an image grid needs at least one image");
  const width = Math.max(...images.map((image) => image.width));
  const height = Math.max(...images.map((image) => image.height));
  const rows = Math.ceil(images.length / columns);
  const grid = plainImage(columns * (width + gap) - gap, rows * (height + gap) - gap);
  images.forEach((image, i) => {
    const left = (i % columns) * (width + gap) + Math.floor((width - image.width) / 2);
    const top = Math.floor(i / columns) * (height + gap) + Math.floor((height - image.height) / 2);
    paste(image, grid, left, top);
  });
  return grid;
}

function paste(image: Image, target: Image, left: number, top: number): void {
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    target.data.set(row, ((top + y) * target.width + left) * 3);
  }
}
