import { Buffer } from "node:buffer";
import sharp from "sharp";
import type { Box, Image } from "../data/mod.ts";
import { textPath } from "./lettering.ts";
import type { Comparison } from "./report_data.ts";

const cell = 128;
const gap = 8;
const labelWidth = 150;
const headHeight = 30;
const textSize = 15;

export const comparisonColumns = ["before", "after", "true drawing"] as const;

/** Where the grid has a drawing. */
export function comparisonCell(row: number, column: typeof comparisonColumns[number]): Box {
  const left = labelWidth + comparisonColumns.indexOf(column) * (cell + gap);
  return { left, top: headHeight + row * (cell + gap), width: cell, height: cell };
}

/** How many rows a grid has. */
export function comparisonRows({ height }: Pick<Image, "height">): number {
  return (height - headHeight) / (cell + gap);
}

/**
 * One image of all comparisons: a row for each concept with its name, columns before, after and,
 * where known, the true drawing. Every drawing is shown 128 pixels wide and high.
 */
export async function comparisonGrid(comparisons: Comparison[]): Promise<Image> {
  const columns = comparisons.some(({ truth }) => truth)
    ? ["before", "after", "true drawing"] as const
    : ["before", "after"] as const;
  const width = labelWidth + columns.length * (cell + gap);
  const height = headHeight + comparisons.length * (cell + gap);
  const left = (column: number) => labelWidth + column * (cell + gap);
  const top = (row: number) => headHeight + row * (cell + gap);

  const drawings = comparisons.flatMap((comparison, row) =>
    [comparison.before, comparison.after, comparison.truth].flatMap((image, column) =>
      image ? [{ image, left: left(column), top: top(row) }] : []
    )
  );
  const labels = [
    ...columns.map((title, column) => label(title, left(column), headHeight - 11, cell)),
    ...comparisons.map(({ concept }, row) =>
      label(concept, gap, top(row) + (cell + textSize) / 2, labelWidth - 2 * gap)
    ),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${
    labels.join("")
  }</svg>`;

  const layers = await Promise.all(drawings.map(async ({ image, left, top }) => ({
    input: await resize(image),
    raw: { width: cell, height: cell, channels: 3 as const },
    left,
    top,
  })));
  const { data } = await sharp({ create: { width, height, channels: 3, background: "#ffffff" } })
    .composite([...layers, { input: Buffer.from(svg) }])
    .removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8Array(data) };
}

function label(text: string, x: number, y: number, maxWidth: number): string {
  return textPath(text, { x, y, size: textSize, maxWidth });
}

function resize({ width, height, data }: Image): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(cell, cell, { fit: "contain", background: "#ffffff" }).removeAlpha().raw().toBuffer();
}
