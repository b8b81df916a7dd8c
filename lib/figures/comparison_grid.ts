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
const lineHeight = 20;

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
    ? comparisonColumns
    : comparisonColumns.slice(0, 2);
  return await labelledGrid({
    columns: columns.map((title) => [title]),
    rows: comparisons.map(({ concept, before, after, truth }) => ({
      label: concept,
      images: [before, after, truth].slice(0, columns.length),
    })),
  });
}

/** Images in rows and columns that have names. */
export type LabelledGrid = {
  /** The lines above each column, as many in each; one reaches over following columns that have none. */
  columns: readonly (readonly string[])[];
  /** An image for each column, or nothing. */
  rows: readonly { label: string; images: readonly (Image | undefined)[] }[];
  /** In pixels, what the rows' labels have; longer ones are shortened. 150 by default. */
  labelWidth?: number;
};

/** One image of a grid of images, each shown 128 pixels wide and high, on white. */
export async function labelledGrid(
  { columns, rows, labelWidth: room = labelWidth }: LabelledGrid,
): Promise<Image> {
  const head = headHeight + (columns[0].length - 1) * lineHeight;
  const width = room + columns.length * (cell + gap);
  const height = head + rows.length * (cell + gap);
  const left = (column: number) => room + column * (cell + gap);
  const top = (row: number) => head + row * (cell + gap);

  const drawings = rows.flatMap(({ images }, row) =>
    images.flatMap((image, column) => image ? [{ image, left: left(column), top: top(row) }] : [])
  );
  const heads = columns.flatMap((lines, column) =>
    lines.map((line, i) => {
      const following = columns.slice(column + 1);
      const next = following.findIndex((lines) => lines[i] !== "");
      const empty = line === "" ? 0 : next < 0 ? following.length : next;
      const y = headHeight - 11 + i * lineHeight;
      return label(line, left(column), y, cell + empty * (cell + gap));
    })
  );
  const labels = rows.map(({ label: text }, row) =>
    label(text, gap, top(row) + (cell + textSize) / 2, room - 2 * gap)
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${
    [...heads, ...labels].join("")
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
